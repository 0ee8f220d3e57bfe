import { computeRate } from '../metrics/rate.ts';
import type { Milliseconds } from '../shared/units.ts';
import { choosePercentile, type PercentileRule } from '../stats/percentile-rule.ts';
import type { RunData } from '../stats/run-data.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import { type SortedValues, sortValues } from '../stats/sorted-values.ts';
import { roundPython } from './tables/python-number.ts';

/*
 * evalscope's results files as it writes and loads them since April 2026, from its `perf/utils/perf_constants.py` and
 * `perf/utils/perf_models.py`: other keys than in its quick start, milliseconds for TTFT, TPOT and ITL, and other
 * percentiles. The definitions are this project's, as in all its files.
 */

/** An object of these files. A value that is not there has no key: its loader refuses null for a number. */
type CurrentRow = Readonly<Record<string, number | string>>;

/** The rows of the current percentile table and the percentile each is; its loader looks `50%`, `99%`, `max` up by name. */
const LABELS = [
  ['min', 0],
  ['1%', 1],
  ['5%', 5],
  ['10%', 10],
  ['25%', 25],
  ['50%', 50],
  ['75%', 75],
  ['90%', 90],
  ['95%', 95],
  ['99%', 99],
  ['max', 100],
] as const;

/** evalscope's names for what its dashboard shows of a run, and for its folder. */
export interface CurrentRun {
  /** The configuration by evalscope's argument names, secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly concurrency: number | null;
  /** Requests that were to be sent; of a run bound by time, that were sent. */
  readonly number: number;
  /** The folder of the run. */
  readonly folder: string;
}

/** How evalscope names the folder of one run in a closed loop; its loader takes no other form, so unknown is 0. */
export function formatCurrentFolder(concurrency: number | null, number: number): string {
  return `parallel_${concurrency ?? 0}_number_${number}`;
}

/**
 * `benchmark_summary.json` in the current keys and order: four digits, two for milliseconds. `-1` is evalscope's "no target
 * rate". A run without a value, or without any completed request, leaves the key out.
 */
export function buildCurrentSummary(summary: RunSummary): CurrentRow {
  const { total_requests, input_tokens_total, output_tokens_total, time_taken_ms, cached_tokens_total } = summary;
  const total =
    input_tokens_total === null || output_tokens_total === null ? null : input_tokens_total + output_tokens_total;
  const cachedRatio =
    cached_tokens_total === null || !input_tokens_total ? null : Math.min(1, cached_tokens_total / input_tokens_total);
  return withoutNulls([
    ['Test Duration (s)', seconds(time_taken_ms)],
    ['Concurrency', summary.concurrency],
    ['Request Rate (req/s)', -1],
    ['Total Requests', total_requests],
    ['Success Requests', summary.completed_requests],
    ['Failed Requests', summary.failed_requests],
    ['Stream Requests', summary.stream ? total_requests : 0],
    ['Non-Stream Requests', summary.stream ? 0 : total_requests],
    ['Req Throughput (req/s)', rounded(summary.requests_per_s, 4)],
    ['Avg Latency (s)', seconds(summary.latency_avg_ms)],
    ['Avg Input Tokens', rounded(summary.input_tokens_avg, 4)],
    ['Output Throughput (tok/s)', rounded(summary.output_tokens_per_s, 4)],
    ['Total Throughput (tok/s)', rounded(computeRate(total, time_taken_ms), 4)],
    ['Avg TTFT (ms)', rounded(summary.ttft_avg_ms, 2)],
    ['Avg TPOT (ms)', rounded(summary.tpot_avg_ms, 2)],
    ['Avg ITL (ms)', rounded(summary.itl_avg_ms, 2)],
    ['Avg Output Tokens', rounded(summary.output_tokens_avg, 4)],
    ['Input Throughput (tok/s)', 0],
    ['KV Cache Hit Rate (%)', cachedRatio === null ? null : rounded(cachedRatio * 100, 4)],
  ]);
}

/** The rule of the run's tables; that of the quick start where they had to be interpolated. */
function ruleOf({ percentile_method }: RunSummary): PercentileRule {
  return percentile_method === 'linear' || percentile_method === 'nearest-rank' ? percentile_method : 'quick-start';
}

/**
 * `benchmark_percentile.json` in the current keys: a row from `min` to `max`, two digits, each column ordered for itself;
 * by the percentile rule of the run's other tables. No rows without a completed request.
 *
 * `Decode (tok/s)` is 1/TPOT of a request, so its p-th value is that of the TPOT from the other end.
 */
export function buildCurrentPercentiles(run: RunData, summary: RunSummary): CurrentRow[] {
  const { sorted } = run;
  if (sorted('latency').length === 0) return [];
  const percentile = choosePercentile(ruleOf(summary));
  const decode = sortValues(run.values('tpot').map((tpot) => (tpot <= 0 ? 0 : 1000 / tpot)));
  const total = sortValues(listTotalRates(run));
  return LABELS.map(([label, percent]) => {
    const at = (values: SortedValues): number | null => rounded(percentile(values, percent), 2);
    const latency = percentile(sorted('latency'), percent);
    return withoutNulls([
      ['Percentiles', label],
      ['Latency (s)', latency === null ? null : rounded(latency / 1000, 2)],
      ['TTFT (ms)', at(sorted('ttft'))],
      ['ITL (ms)', at(sorted('itl'))],
      ['TPOT (ms)', at(sorted('tpot'))],
      ['Input tokens', at(sorted('input_tokens'))],
      ['Output tokens', at(sorted('output_tokens'))],
      ['Output (tok/s)', at(sorted('output_speed'))],
      ['Total (tok/s)', at(total)],
      ['Decode (tok/s)', at(decode)],
    ]);
  });
}

/** Input and output tokens of a request over its latency, per second. */
function listTotalRates(run: RunData): Float64Array {
  const [input, output, latency] = [run.values('input_tokens'), run.values('output_tokens'), run.values('latency')];
  return latency.map((time, i) => computeRate((input[i] as number) + (output[i] as number), time) ?? Number.NaN);
}

/** `benchmark_args.json` in evalscope's current names, `openai` for all that speaks OpenAI's API; scalars of this run. */
export function buildCurrentArgs({ args, concurrency, number, folder }: CurrentRun): Record<string, unknown> {
  const { model, dataset } = args;
  return {
    ...args,
    ...(typeof model === 'string' ? { model_id: model.split('/').at(-1) } : {}),
    api: 'openai',
    ...(typeof dataset === 'string' ? { dataset: dataset.replace(/-/g, '_') } : {}),
    parallel: concurrency,
    number,
    rate: -1,
    open_loop: false,
    outputs_dir: folder,
  };
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : roundPython(value, digits);
}

function seconds(value: Milliseconds | null): number | null {
  return value === null ? null : roundPython(value / 1000, 4);
}

function withoutNulls(rows: readonly (readonly [string, number | string | null])[]): CurrentRow {
  return Object.fromEntries(rows.filter((row): row is readonly [string, number | string] => row[1] !== null));
}
