import { divide } from '../shared/divide.ts';
import { mean } from '../shared/mean.ts';
import { ownValue } from '../shared/own-value.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { ServerMetricName } from './known-metrics.ts';
import type { Buckets, ServerMoment } from './server-moment.ts';
import { MIXED_FALLS, type ServerSeries } from './server-series.ts';

/** A level over the run. */
interface LevelSummary {
  readonly mean: number;
  readonly max: number;
}

/** A server's histogram over the run; percentiles are as exact as its buckets. */
interface DistributionSummary {
  readonly count: number;
  readonly mean_ms: Milliseconds;
  readonly p50_ms: Milliseconds | null;
  readonly p99_ms: Milliseconds | null;
}

/** What the servers say of a run, in base units; null: they do not say it. */
export interface ServerSummary {
  readonly urls: readonly string[];
  readonly programs: readonly string[];
  /** Moments within the run at which a server answered; several servers are looked at in one. */
  readonly looks: number;
  /** Looks within the run that failed, those at several servers one each. */
  readonly failed_looks: number;
  readonly running: LevelSummary | null;
  readonly waiting: LevelSummary | null;
  readonly kv_cache_ratio: LevelSummary | null;
  readonly requests: number | null;
  readonly preemptions: number | null;
  readonly prompt_tokens: number | null;
  readonly generation_tokens: number | null;
  readonly prefix_cache_queries: number | null;
  readonly prefix_cache_hits: number | null;
  /** 0 to 1; null where nothing was looked up. */
  readonly prefix_cache_hit_ratio: number | null;
  readonly draft_tokens: number | null;
  readonly accepted_tokens: number | null;
  /** Accepted over drafted tokens, and the share of drafts whose token at each place was taken. */
  readonly acceptance_ratio: number | null;
  readonly acceptance_by_position: readonly number[];
  readonly ttft: DistributionSummary | null;
  readonly itl: DistributionSummary | null;
  readonly queue: DistributionSummary | null;
  readonly prefill: DistributionSummary | null;
  readonly latency: DistributionSummary | null;
  readonly gpu_utilization_ratio: LevelSummary | null;
  readonly gpu_memory_mib: LevelSummary | null;
  readonly gpu_power_w: LevelSummary | null;
  /** Of all GPUs: what their counters rose by, else the integral of their power; null where they did not rise often enough. */
  readonly gpu_energy_j: number | null;
  /** For which share of the run those counters stood still at a stretch, at most (0 to 1); null without counters. */
  readonly gpu_energy_still_ratio: number | null;
  /** Metrics that were asked for by name, of those that some look had. */
  readonly named: Readonly<Record<string, NamedSummary>>;
}

/** A metric of a server's own name. null: it was not on the page then, or no number. */
interface NamedSummary {
  /** Before the run, and after it. */
  readonly first: number | null;
  readonly last: number | null;
  /** Over the looks within the run; without any, over these two. */
  readonly mean: number;
  readonly max: number;
}

/** The time of a run; milliseconds since 1970. */
export interface RunSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What servers did in the time of a run. Levels are over the looks within it; counts and distributions are the difference
 * between the last look before it and the first after it, or the last one of all, which has histograms.
 *
 * @param span from the first request that was sent, warm-ups among them, to the last end
 * @returns null where no look was answered, or none with a number that we know
 */
export function summarizeServer(series: ServerSeries, span: RunSpan): ServerSummary | null {
  const { moments, urls, programs, failedAt, falls } = series;
  const [first, ...others] = moments;
  if (first === undefined || moments.every(isEmpty)) return null;
  const base = moments.findLast(({ at_ms }) => at_ms <= span.fromMs) ?? first;
  const end = moments.find(({ at_ms }) => at_ms >= span.toMs) ?? others.at(-1) ?? first;
  const isWithin = (at_ms: number): boolean => at_ms >= span.fromMs && at_ms <= span.toMs;
  const within = moments.filter(({ at_ms }) => isWithin(at_ms));
  const level = (name: ServerMetricName): LevelSummary | null =>
    summarizeLevel(within.map(({ levels }) => levels[name]));
  const isMixed = falls.some(({ times }) => times >= MIXED_FALLS);
  const [before, after] = [moments.slice(0, moments.indexOf(base) + 1), moments.slice(moments.indexOf(end))];
  const count = (name: ServerMetricName): number | null => {
    const isTold = ({ counts }: ServerMoment): boolean => counts[name] !== undefined;
    return isMixed ? null : subtract(after.find(isTold)?.counts[name], before.findLast(isTold)?.counts[name]);
  };
  // Histograms are read before the run and with the very last look; one that began anew may be above what it was.
  const distribution = (name: ServerMetricName): DistributionSummary | null =>
    falls.length > 0 ? null : summarizeBuckets(moments.at(-1)?.distributions[name], base.distributions[name]);
  const drafts = count('drafts');
  return {
    ...{ urls, programs, looks: within.length, failed_looks: failedAt.filter(isWithin).length },
    running: level('running'),
    waiting: level('waiting'),
    kv_cache_ratio: level('kv_cache_ratio'),
    requests: count('requests'),
    preemptions: count('preemptions'),
    prompt_tokens: count('prompt_tokens'),
    generation_tokens: count('generation_tokens'),
    prefix_cache_queries: count('prefix_cache_queries'),
    prefix_cache_hits: count('prefix_cache_hits'),
    prefix_cache_hit_ratio: divide(count('prefix_cache_hits'), count('prefix_cache_queries')),
    draft_tokens: count('draft_tokens'),
    accepted_tokens: count('accepted_tokens'),
    acceptance_ratio: divide(count('accepted_tokens'), count('draft_tokens')),
    acceptance_by_position: end.accepted_by_position.flatMap((accepted, place) => {
      const share = divide(accepted - (base.accepted_by_position[place] ?? 0), drafts);
      return share === null ? [] : [share];
    }),
    ttft: distribution('ttft'),
    itl: distribution('itl'),
    queue: distribution('queue'),
    prefill: distribution('prefill'),
    latency: distribution('latency'),
    gpu_utilization_ratio: level('gpu_utilization_ratio'),
    gpu_memory_mib: level('gpu_memory_mib'),
    gpu_power_w: level('gpu_power_w'),
    ...summarizeEnergy(moments, span, count('gpu_energy_j')),
    named: summarizeNamed(base, end, within),
  };
}

function isEmpty({ levels, counts, distributions, named }: ServerMoment): boolean {
  return [levels, counts, distributions, named].every((numbers) => Object.keys(numbers).length === 0);
}

/** Where counters do not move for more than this share of the run, how much of their rise is its own is unknown. */
const MOST_STILL = 0.5;

/** Energy of less of the run than this is not that of the run: an exporter came late, or is gone. */
const LEAST_COVERED = 0.9;

/** Exporters renew their counters every so often (DCGM's by default every 30 s), and what came since is on no page. */
function summarizeEnergy(
  moments: readonly ServerMoment[],
  span: RunSpan,
  counted: number | null,
): Pick<ServerSummary, 'gpu_energy_j' | 'gpu_energy_still_ratio'> {
  if (counted === null) return { gpu_energy_j: integratePower(moments, span), gpu_energy_still_ratio: null };
  const still = divide(longestStill(moments, span), span.toMs - span.fromMs) ?? 0;
  return { gpu_energy_j: still > MOST_STILL ? null : counted, gpu_energy_still_ratio: still };
}

/** For how much of the run one look after the other found the counters of energy where they were, at most. */
function longestStill(moments: readonly ServerMoment[], { fromMs, toMs }: RunSpan): Milliseconds {
  let [longest, since, last] = [0, fromMs, null as number | null];
  for (const { at_ms, counts } of moments) {
    const energy = counts.gpu_energy_j ?? null;
    if (energy !== last) [last, since] = [energy, Math.max(fromMs, at_ms)];
    else if (energy !== null) longest = Math.max(longest, Math.min(at_ms, toMs) - since);
  }
  return longest;
}

/**
 * Joules over the run: the power between two looks goes in a straight line, and of the looks around the run only the part
 * within it counts.
 *
 * @returns null with fewer than two looks that tell of power, and where those leave more than a tenth of the run out
 */
function integratePower(moments: readonly ServerMoment[], { fromMs, toMs }: RunSpan): number | null {
  const told = moments.flatMap(({ at_ms, levels: { gpu_power_w: watts } }) =>
    watts === undefined ? [] : [{ at_ms, watts }],
  );
  let [joules, covered] = [0, 0];
  told.slice(1).forEach((next, index) => {
    const last = told[index] as (typeof told)[number];
    const [from, to] = [Math.max(last.at_ms, fromMs), Math.min(next.at_ms, toMs)];
    if (to <= from) return;
    const slope = (next.watts - last.watts) / (next.at_ms - last.at_ms);
    const middle = last.watts + slope * ((from + to) / 2 - last.at_ms);
    joules += (middle * (to - from)) / 1000;
    covered += to - from;
  });
  return covered === 0 || covered < LEAST_COVERED * (toMs - fromMs) ? null : joules;
}

function summarizeLevel(values: readonly (number | undefined)[]): LevelSummary | null {
  const known = values.filter((value): value is number => value !== undefined);
  if (known.length === 0) return null;
  return { mean: mean(known), max: Math.max(...known) };
}

/** What a count that the servers had not shown at first has added is all of it. */
function subtract(end: number | undefined, base: number | undefined): number | null {
  return end === undefined ? null : end - (base ?? 0);
}

function summarizeBuckets(end: Buckets | undefined, base: Buckets | undefined): DistributionSummary | null {
  if (end === undefined) return null;
  const count = end.count - (base?.count ?? 0);
  if (count <= 0) return null;
  const atMost = [...end.atMost].map(([edge, value]) => [edge, value - (base?.atMost.get(edge) ?? 0)] as const);
  // Buckets with other edges than before, as of a server of another version, do not add up.
  const isRising = atMost.every(([, value], i) => value >= (atMost[i - 1]?.[1] ?? 0) && value <= count);
  const percentile = (percent: number): number | null =>
    isRising ? interpolate(atMost, (percent / 100) * count) : null;
  return {
    count,
    mean_ms: (end.sum - (base?.sum ?? 0)) / count,
    p50_ms: percentile(50),
    p99_ms: percentile(99),
  };
}

/**
 * A percentile from buckets, as PromQL's `histogram_quantile` takes it: even within a bucket; of the one without an upper edge
 * its lower one.
 */
function interpolate(atMost: readonly (readonly [edge: number, count: number])[], rank: number): number | null {
  let [lower, below] = [0, 0];
  for (const [edge, count] of atMost) {
    if (count >= rank && count > below) {
      if (edge === Number.POSITIVE_INFINITY) return lower;
      return lower + ((edge - lower) * (rank - below)) / (count - below);
    }
    [lower, below] = [edge, count];
  }
  return null;
}

function summarizeNamed(
  base: ServerMoment,
  end: ServerMoment,
  within: readonly ServerMoment[],
): ServerSummary['named'] {
  const names = new Set([base, end, ...within].flatMap(({ named }) => Object.keys(named)));
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const [first, last, ...between] = [base, end, ...within].map(({ named }) => ownValue(named, name));
      const level = summarizeLevel(between) ?? summarizeLevel([first, last]);
      return level === null ? [] : [[name, { first: first ?? null, last: last ?? null, ...level }]];
    }),
  );
}

/** Tokens that were drafted; null where nobody knows. vLLM has the count only where it drafts. */
export function countDrafted({ draft_tokens, programs }: ServerSummary): number | null {
  return draft_tokens ?? (programs.length === 1 && programs[0] === 'vllm' ? 0 : null);
}
