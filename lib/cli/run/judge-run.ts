import type { K6Thresholds } from '../../conditions/check-thresholds.ts';
import type { Gate } from '../../conditions/gates.ts';
import { computeMargin } from '../../conditions/operators.ts';
import type { ReadReport } from '../../records/node-read-report.ts';
import { COLD_LIMIT } from '../../server/reconcile.ts';
import type { ServerSummary } from '../../server/summarize-server.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { choosePercentile, type PercentileRule } from '../../stats/percentile-rule.ts';
import type { RunData } from '../../stats/run-data.ts';
import { type ErrorStatistics, summarizeErrors } from '../../verdict/error-statistics.ts';
import { type GateResult, judgeGates } from '../../verdict/judge-gates.ts';
import { judgeThresholds } from '../../verdict/judge-thresholds.ts';
import type { ThresholdResult } from '../../verdict/threshold-result.ts';

/** What decides whether a run passes. */
export interface Conditions {
  readonly thresholds: K6Thresholds;
  readonly gates: readonly Gate[];
  /** true: an INVALID measurement does not pass. */
  readonly requireValid: boolean;
  /** true: a server that had prompts of the run in its prefix cache, or does not say, does not pass. */
  readonly requireCold?: boolean;
  /** Where the verdict goes as JUnit XML; null: into the folder. */
  readonly junit: string | null;
}

/** What the records say of the conditions. */
interface Judgement {
  readonly thresholds: readonly ThresholdResult[];
  readonly gates: readonly GateResult[];
  readonly errors: ErrorStatistics;
  /** Lines about conditions that nobody could judge. */
  readonly notes: readonly string[];
}

interface Knowledge {
  readonly rule: PercentileRule;
  /** What the engine found itself; empty where only the samples are there. */
  readonly engine: readonly ThresholdResult[];
  /** Requests that the engine finished and whose records are not there. */
  readonly missing: number;
  /** Of `worst_slice_`; absent: the default. */
  readonly sliceMs?: Milliseconds;
}

/** Judges a run by its records. */
export function judgeConditions(
  { thresholds, gates }: Pick<Conditions, 'thresholds' | 'gates'>,
  run: RunData,
  samples: ReadReport,
  { rule, engine, missing, sliceMs }: Knowledge,
): Judgement {
  const { droppedIterations, tags } = samples;
  // No condition gets better by a request of which nothing is known.
  const unfinishedRequests = samples.unfinishedRequests + samples.lostRecords + missing;
  const incomplete = samples.requestsWithoutRecord + samples.missingRecords + missing > 0;
  const judged = judgeThresholds(thresholds, run, { engine, unfinishedRequests, droppedIterations, incomplete, tags });
  return {
    thresholds: judged.results,
    gates: judgeGates(gates, run, {
      percentile: choosePercentile(rule),
      unfinishedRequests,
      droppedIterations,
      ...(sliceMs === undefined ? {} : { sliceMs }),
    }),
    errors: summarizeErrors(run, samples.unfinishedRequests),
    notes: judged.notes,
  };
}

/** `--require-cold` as a gate: what nobody tells passes nothing, but a server that looks nothing up has its cache off. */
export function judgeCold(server: ServerSummary | null): GateResult {
  const value = server?.prefix_cache_hit_ratio ?? null;
  const isOff = server?.prefix_cache_queries === 0 && (server.prompt_tokens ?? 0) > 0;
  return {
    gate: 'prefix_cache_hit_ratio<0.01 (--require-cold)',
    unit: 'share',
    value,
    operator: '<',
    limit: COLD_LIMIT,
    margin: value === null ? null : computeMargin(value, '<', COLD_LIMIT),
    ok: isOff || (value !== null && value < COLD_LIMIT),
    note: value === null ? whyNoShare(server, isOff) : null,
  };
}

function whyNoShare(server: ServerSummary | null, isOff: boolean): string {
  if (isOff) return 'no prompt was looked up: the prefix cache is off';
  const isIdle = server?.prefix_cache_queries === 0;
  return isIdle ? 'no value: the server looked no prompt up' : 'no value: no server told of its prefix cache';
}
