import { computeCachedShare } from '../metrics/cached-share.ts';
import { computeRate } from '../metrics/rate.ts';
import { divide } from '../shared/divide.ts';
import { countTokensPerStep, estimateAcceptance } from '../stats/experience.ts';
import { type HandOvers, sortHandOvers } from '../stats/hand-over.ts';
import { choosePercentile, type PercentileRule } from '../stats/percentile-rule.ts';
import type { RequestLabel } from '../stats/request-label.ts';
import { countCached, type RunData } from '../stats/run-data.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import { sortValues } from '../stats/sorted-values.ts';
import { listCells, PERCENTILES_1_14, SPECULATION_1_14, SUMMARY_1_14 } from './names.ts';

/*
 * evalscope's results files in the keys of 1.14. The definitions are those of the numbers that come in: this project's in a
 * results folder, evalscope's in `export --dialect evalscope`.
 */

/** A value that is not there has no key: evalscope's loader refuses null for a number. */
type Row = Readonly<Record<string, number | string>>;

/** The rows of the percentile table; evalscope's loader looks `50%`, `99%` and `max` up by name. */
const PERCENTS = [0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 100] as const;

/** What evalscope's dashboard shows of a run beside its numbers. */
export interface NamedRun {
  /** The configuration by evalscope's argument names, secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly concurrency: number | null;
  /** Requests that were to be sent; of a run bound by time, that were sent. */
  readonly number: number;
  readonly folder: string;
}

/** The load of a run, as far as evalscope's folders name it. */
interface NamedLoad {
  readonly concurrency: number | null;
  /** null: a closed loop, or a schedule without a rate; `inf` is evalscope's -1 of an open loop. */
  readonly rate: number | 'inf' | null;
  /** null: not known yet. */
  readonly number: number | null;
}

/** How evalscope names the folder of one run; its loader takes no other form, so an unknown concurrency is 0. */
export function formatRunFolder({ concurrency, rate, number }: NamedLoad): string {
  const end = number === null ? '' : `_number_${number}`;
  if (rate === null) return `parallel_${concurrency ?? 0}${end}`;
  return `rate_${rate === 'inf' ? '-1.0' : formatDecimal(rate)}${end}`;
}

/** As Python prints a float, `5.0`, but never with an exponent, which the loader does not take. */
function formatDecimal(value: number): string {
  const text = String(value);
  if (/e/.test(text)) return value.toFixed(12).replace(/0+$/, '').replace(/\.$/, '.0');
  return Number.isInteger(value) ? `${text}.0` : text;
}

/** Starts per second that a configuration names; null: none, and all at once. */
export function namedRate({ rate }: Readonly<Record<string, unknown>>): number | null {
  return typeof rate === 'number' ? rate : null;
}

/**
 * `benchmark_summary.json`; the averages are absent from that of a run without a completed request.
 *
 * @param handOvers null: without their keys
 */
export function buildCurrentSummary(
  run: RunData,
  summary: RunSummary,
  rate: number | null = null,
  handOvers: HandOvers | null = null,
): Row {
  const { input_tokens_total: input, output_tokens_total: output, total_requests } = summary;
  const { cachedTokens, cacheableTokens } = countCached(run);
  const cachedShare = computeCachedShare(cachedTokens, cacheableTokens);
  const plain = summary.stream ? countPlain(run) : total_requests;
  return toRow(
    listCells(SUMMARY_1_14, {
      ...summary,
      // evalscope's "no target rate", its "open loop", and of a chat.
      request_rate: rate ?? -1,
      concurrency: summary.concurrency ?? (rate === null ? null : -1),
      input_tokens_per_s: summary.inputs === null ? 0 : summary.inputs.input_tokens_per_s,
      stream_requests: total_requests - plain,
      plain_requests: plain,
      steady_itl_avg_ms: handOvers?.steady.mean() ?? null,
      hand_over_avg_ms: handOvers?.latency.mean() ?? null,
      hand_over_overhead_avg_ms: handOvers?.overhead.mean() ?? null,
      total_tokens_per_s: computeRate(input === null || output === null ? null : input + output, summary.time_taken_ms),
      turn_avg: averageTurn(run),
      first_ttft_avg_ms: summary.conversations?.first_ttft_avg_ms ?? null,
      later_ttft_avg_ms: summary.conversations?.later_ttft_avg_ms ?? null,
      cached_percent: cachedShare === null ? null : cachedShare * 100,
    }),
  );
}

/**
 * What speculative decoding gives, by the chunks; no keys where they hardly hold more than a token. By our definition alone: evalscope
 * also counts chunks without output, which no record holds.
 */
export function buildSpeculation(run: RunData): Row {
  const tokens_per_step = countTokensPerStep(run);
  const acceptance = estimateAcceptance(tokens_per_step);
  return acceptance === null ? {} : toRow(listCells(SPECULATION_1_14, { tokens_per_step, acceptance }));
}

/**
 * Where its flag asks for them, as in evalscope.
 *
 * @param args the configuration by evalscope's argument names
 */
export function readHandOvers(run: RunData, args: Readonly<Record<string, unknown>>): HandOvers | null {
  return args['enable_pd_metrics'] === true ? sortHandOvers(run) : null;
}

/** evalscope adds up which turn each completed request is; null where none is part of a conversation. */
function averageTurn({ labels, labelOf }: RunData): number | null {
  let [sum, count] = [0, 0];
  for (const number of labelOf) {
    const { outcome, conversation } = labels[number] as RequestLabel;
    if (outcome !== 'completed' || conversation === null) continue;
    sum += conversation.turn;
    count += 1;
  }
  return divide(sum, count);
}

function countPlain({ labels, labelOf }: RunData): number {
  return labelOf.filter((label) => labels[label]?.stream === false).length;
}

/**
 * `benchmark_percentile.json`: a row from `min` to `max`, each column sorted on its own; no rows without a completed
 * request.
 *
 * `Decode (tok/s)` is 1/TPOT of a request, so its p-th value is that of the TPOT from the other end.
 */
export function buildCurrentPercentiles(run: RunData, summary: RunSummary, handOvers: HandOvers | null = null): Row[] {
  if (run.sorted('latency').length === 0) return [];
  const percentile = choosePercentile(ruleOf(summary));
  const [input, output, latency] = [run.values('input_tokens'), run.values('output_tokens'), run.values('latency')];
  const none = sortValues(new Float64Array());
  const own = {
    steady_itl: handOvers?.steady ?? none,
    hand_over: handOvers?.latency ?? none,
    hand_over_overhead: handOvers?.overhead ?? none,
    decode_speed: sortValues(run.values('tpot').map((tpot) => (tpot > 0 ? 1000 / tpot : Number.NaN))),
    total_speed: sortValues(
      latency.map((time, i) => computeRate((input[i] as number) + (output[i] as number), time) ?? Number.NaN),
    ),
  };
  const isOwn = (name: string): name is keyof typeof own => Object.hasOwn(own, name);
  return PERCENTS.map((percent) => {
    const numbers = PERCENTILES_1_14.map(([, name]) => {
      if (name === 'label') return [name, percent === 0 ? 'min' : percent === 100 ? 'max' : `${percent}%`];
      return [name, percentile(isOwn(name) ? own[name] : run.sorted(name), percent)];
    });
    return toRow(listCells(PERCENTILES_1_14, Object.fromEntries(numbers)));
  });
}

/** The rule of the run's tables; that of the quick start where they had to be interpolated. */
function ruleOf({ percentile_method }: RunSummary): PercentileRule {
  return percentile_method === 'linear' || percentile_method === 'nearest-rank' ? percentile_method : 'quick-start';
}

function toRow(cells: ReturnType<typeof listCells>): Row {
  return Object.fromEntries(cells.flatMap(([key, { value }]) => (value === null ? [] : [[key, value]])));
}

/** `benchmark_args.json`: scalars of this run, and `openai` for all that speaks OpenAI's API. */
export function buildCurrentArgs({ args, concurrency, number, folder }: NamedRun): Record<string, unknown> {
  const { model, dataset } = args;
  return {
    ...args,
    ...(typeof model === 'string' ? { model_id: model.split('/').at(-1) } : {}),
    api: 'openai',
    ...(typeof dataset === 'string' ? { dataset: dataset.replace(/-/g, '_') } : {}),
    parallel: concurrency,
    number,
    // -1 is evalscope's "no target rate".
    rate: namedRate(args) ?? -1,
    open_loop: (namedRate(args) !== null || args['rate'] === 'inf') && concurrency === null,
    outputs_dir: folder,
  };
}
