import type { RunSummary } from '../../stats/run-summary.ts';
import type { ErrorStatistics } from '../../verdict/error-statistics.ts';
import type { GateResult } from '../../verdict/judge-gates.ts';
import type { ThresholdResult } from '../../verdict/threshold-result.ts';
import type { MachineEvidence, Validity } from '../../verdict/validity.ts';
import type { ExperienceReport } from '../tables/experience-table.ts';
import type { RunStatistics } from '../tables/interval-table.ts';
import type { ServerReport } from '../tables/server-table.ts';

/**
 * Everything about a run in base units and unrounded, for programs: `summary.json`, described by
 * `docs/summary.schema.json`. `intervals` and `steady_state` come from the records, so they are absent where there are none.
 */
export interface SummaryFile extends Partial<RunStatistics>, Partial<ExperienceReport> {
  readonly version: 1;
  /** The run's id; null where none is known, or where runs were merged. */
  readonly run_id: string | null;
  /** When the first measured request started, ISO; absent where no records tell. */
  readonly started_at?: string;
  /** The execution segments that were read, as `0:1/2`; empty where one instance ran alone. */
  readonly segments: readonly string[];
  readonly summary: RunSummary;
  /** p99 of the client's own lag, beside the timings it is part of; null where nobody measured. */
  readonly client_lag_ms: number | null;
  readonly validity: Validity;
  /** What the machine told of the client; null where nobody asked it, as in `k6 run` alone. */
  readonly client: MachineEvidence | null;
  /** What the servers' metrics say of the run; null where none were read. */
  readonly server: ServerReport | null;
  readonly thresholds: readonly ThresholdResult[];
  readonly gates: readonly GateResult[];
  /** Failed requests by whose fault they were; null where no records tell. */
  readonly errors: ErrorStatistics | null;
}

/** Whose requests they are. */
export interface RunNames {
  readonly runIds: readonly string[];
  readonly segments: readonly string[];
}

/** What only records tell. */
type FromRecords = Pick<SummaryFile, 'gates' | 'errors' | 'client' | 'server' | 'started_at'> &
  Partial<RunStatistics> &
  Partial<ExperienceReport>;

/** The content of `summary.json`. */
export function buildSummaryFile(
  summary: RunSummary,
  validity: SummaryFile['validity'],
  thresholds: readonly ThresholdResult[],
  fromRecords: FromRecords = { gates: [], errors: null, client: null, server: null },
  run: RunNames = { runIds: [], segments: [] },
): SummaryFile {
  const [runId = null, ...otherIds] = run.runIds;
  return {
    version: 1,
    run_id: otherIds.length > 0 ? null : runId,
    segments: run.segments,
    summary,
    client_lag_ms: summary.client_lag_p99_ms,
    validity,
    thresholds,
    ...fromRecords,
  };
}
