import { computeRate } from '../metrics/rate.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { Percentile } from './percentile-rule.ts';
import type { RequestLabel } from './request-label.ts';
import { type LabelFilter, listRequests, type RunData, sortSelected } from './run-data.ts';
import { sumOrNull } from './sorted-values.ts';

/** The requests that went to one of several models, or to one of several URLs. */
export interface TargetRow {
  /** null: requests that left no record, of which nobody knows where they went. */
  readonly name: string | null;
  /** Completed, failed and cancelled ones: those of all rows are those of the run. */
  readonly requests: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly ttft_avg_ms: Milliseconds | null;
  /** By the rule of the run. */
  readonly ttft_p99_ms: Milliseconds | null;
  readonly tpot_avg_ms: Milliseconds | null;
  readonly latency_avg_ms: Milliseconds | null;
  /** Output tokens of completed requests / time taken of the whole run, so that the rows add up; null where none completed. */
  readonly output_tokens_per_s: number | null;
}

/** What requests are grouped by. */
const NAMES = {
  by_model: ({ model }) => model,
  by_url: ({ url }) => url ?? null,
} as const satisfies Readonly<Record<string, (label: RequestLabel) => string | null>>;

type TargetRows = Readonly<Record<keyof typeof NAMES, readonly TargetRow[]>>;

/** By their names, in order; no rows where all requests went to one. */
export function summarizeTargets(data: RunData, percentile: Percentile): TargetRows {
  const rowsOf = (nameOf: (label: RequestLabel) => string | null): TargetRow[] => {
    const names = [...new Set(data.labels.map(nameOf))].sort();
    if (names.length < 2) return [];
    const rows = names.map((name) => summarizeTarget(data, percentile, name, (label) => nameOf(label) === name));
    return data.unfinished === 0 ? rows : [...rows, unknownTarget(data.unfinished)];
  };
  return { by_model: rowsOf(NAMES.by_model), by_url: rowsOf(NAMES.by_url) };
}

function summarizeTarget(data: RunData, percentile: Percentile, name: string | null, isMeant: LabelFilter): TargetRow {
  const count = (outcome: RequestLabel['outcome']): number =>
    listRequests(data, (label) => isMeant(label) && label.outcome === outcome).length;
  const of = (metric: Parameters<typeof sortSelected>[1]): ReturnType<typeof sortSelected> =>
    sortSelected(data, metric, isMeant);
  const ttft = of('ttft');
  return {
    name,
    requests: listRequests(data, isMeant).length,
    completed: count('completed'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    ttft_avg_ms: ttft.mean(),
    ttft_p99_ms: percentile(ttft, 99),
    tpot_avg_ms: of('tpot').mean(),
    latency_avg_ms: of('latency').mean(),
    output_tokens_per_s: computeRate(sumOrNull(of('output_tokens')), data.timeTaken),
  };
}

function unknownTarget(requests: number): TargetRow {
  return {
    ...{ name: null, requests, completed: 0, failed: requests, cancelled: 0 },
    ...{ ttft_avg_ms: null, ttft_p99_ms: null, tpot_avg_ms: null, latency_avg_ms: null, output_tokens_per_s: null },
  };
}
