import type { Stage } from '../load/rate-profile.ts';
import { divide } from '../shared/divide.ts';
import type { Milliseconds } from '../shared/units.ts';
import { choosePercentile, type PercentileRule } from './percentile-rule.ts';
import { type LabelFilter, listOutcomes, listRequests, type RunData, sortSelected } from './run-data.ts';

/**
 * A stage of a load in numbers, of the measured requests that were to start in it; null where none of them has one. The rate
 * and the requests in flight are null of a stage that the warm-up is in, whose requests are not known, and of one that the load
 * did not get to the end of.
 */
export interface StageSummary {
  /** From 1. */
  readonly stage: number;
  /** Users, or requests per second: where it begins, and where it ends. */
  readonly from: number;
  readonly to: number;
  readonly duration_s: number;
  readonly requests: number;
  readonly requests_per_s: number | null;
  /** The mean over its time, with requests of earlier stages; null where the beginning of the load is not known. */
  readonly in_flight: number | null;
  readonly ttft_avg_ms: Milliseconds | null;
  readonly ttft_p99_ms: Milliseconds | null;
  readonly latency_p99_ms: Milliseconds | null;
  /** 0 to 1, of those that completed or failed. */
  readonly success_ratio: number | null;
}

/** The stages of a run. */
export interface RunStages {
  readonly of: 'parallel' | 'rate';
  readonly stages: readonly StageSummary[];
  /** Those that started after the last stage, and those that left no record. */
  readonly outside_requests: number;
  /** Stages that the load did not get to the end of, from 1; none where it ended as planned. */
  readonly cut_stages: readonly number[];
}

/** A load that ends so much before its stages has come to their end. */
const SLACK_MS = 1000;

/** What is known of the load as a whole. */
interface WholeLoad {
  /** How long the warm-up took from the beginning; null: until the first measured request. Default: there was none. */
  readonly warmUpMs?: Milliseconds | null;
  /** Whether it ended before its stages did: it lasted until the last end, as far as anybody knows. Default: no. */
  readonly wasCut?: boolean;
}

/** A load that changes in stages, as the configuration of a run names it. */
interface StagedLoad extends Pick<RunStages, 'of'> {
  readonly stages: readonly Stage[];
}

/** @param args of a run; null for a load without stages */
export function readStages(args: Readonly<Record<string, unknown>>): StagedLoad | null {
  const [users, rates] = [args['stages'], args['rate_stages']];
  const stages = Array.isArray(users) ? users : Array.isArray(rates) ? rates : [];
  const isStage = (stage: Partial<Stage> | null): boolean =>
    typeof stage?.target === 'number' && typeof stage.durationS === 'number';
  return stages.length > 0 && stages.every(isStage) ? { of: Array.isArray(users) ? 'parallel' : 'rate', stages } : null;
}

/**
 * @param beganMs  when the load began, on the run's clock; null: not known
 * @returns null where no record names its stage
 */
export function summarizeStages(
  run: RunData,
  { of, stages }: StagedLoad,
  beganMs: Milliseconds | null,
  rule: PercentileRule,
  { warmUpMs = 0, wasCut = false }: WholeLoad = {},
): RunStages | null {
  if (!run.labels.some(({ stage }) => stage !== undefined)) return null;
  const percentile = choosePercentile(rule);
  const outcomes = listOutcomes(run);
  const beforeMs = Math.max(0, (run.firstStart ?? 0) - (beganMs ?? run.firstStart ?? 0));
  const measuredMs = warmUpMs ?? beforeMs;
  const lastedMs = beforeMs + (run.timeTaken ?? 0);
  const isShort = wasCut || (of === 'parallel' && hasEndedEarly(run, stages, lastedMs));
  const endedMs = isShort ? lastedMs : Number.POSITIVE_INFINITY;
  const cutStages: number[] = [];
  let [atMs, from] = [0, stages[0]?.target ?? 0];
  const rows = stages.map(({ target, durationS }, place): StageSummary => {
    const isMeant: LabelFilter = ({ stage }) => stage === place + 1;
    const requests = listRequests(run, isMeant);
    const judged = requests.filter((request) => !Number.isNaN(outcomes[request]));
    const good = judged.filter((request) => outcomes[request] === 1).length;
    const ttft = sortSelected(run, 'ttft', isMeant);
    const isCut = atMs + durationS * 1000 > endedMs;
    if (isCut) cutStages.push(place + 1);
    const isWhole = atMs >= measuredMs && !isCut;
    const row = {
      ...{ stage: place + 1, from, to: target, duration_s: durationS, requests: requests.length },
      requests_per_s: isWhole ? divide(requests.length, durationS) : null,
      in_flight: beganMs === null || !isWhole ? null : meanInFlight(run, beganMs + atMs, durationS * 1000),
      ttft_avg_ms: ttft.mean(),
      ttft_p99_ms: percentile(ttft, 99),
      latency_p99_ms: percentile(sortSelected(run, 'latency', isMeant), 99),
      success_ratio: divide(good, judged.length),
    };
    atMs += durationS * 1000;
    from = target;
    return row;
  });
  const within = rows.reduce((sum, { requests }) => sum + requests, 0);
  return { of, stages: rows, outside_requests: run.count + run.unfinished - within, cut_stages: cutStages };
}

/**
 * Whether users who send one request after another were silent before their last stage ended, for longer than any request,
 * or any pause between two starts, took: nobody may have noted that such a run was stopped, as a report of its records.
 */
function hasEndedEarly(run: RunData, stages: readonly Stage[], lastedMs: Milliseconds): boolean {
  // Users of a stage that goes down to none may all be gone before its end.
  if (stages.at(-1)?.target === 0 || run.count === 0) return false;
  const plannedMs = stages.reduce((sum, { durationS }) => sum + durationS * 1000, 0);
  const [starts, ends] = [run.column('start_ms'), run.column('end_ms')];
  const inOrder = starts.slice().sort();
  let longestMs = 0;
  for (let i = 0; i < run.count; i++) {
    const took = (ends[i] as number) - (starts[i] as number);
    const pause = i === 0 ? 0 : (inOrder[i] as number) - (inOrder[i - 1] as number);
    longestMs = Math.max(longestMs, took, pause);
  }
  return lastedMs + longestMs + SLACK_MS < plannedMs;
}

/** Requests under way, on average over a stretch of time. */
function meanInFlight(run: RunData, fromMs: Milliseconds, lengthMs: Milliseconds): number | null {
  const [starts, ends] = [run.column('start_ms'), run.column('end_ms')];
  let total = 0;
  for (let i = 0; i < run.count; i++) {
    const within = Math.min(ends[i] as number, fromMs + lengthMs) - Math.max(starts[i] as number, fromMs);
    total += Math.max(0, within);
  }
  return divide(total, lengthMs);
}
