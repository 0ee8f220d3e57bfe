import { createRandom } from '../lib/shared/random.ts';
import { expandedInterval } from '../lib/stats/confidence-interval.ts';
import { type ResampledRun, resampleRun } from '../lib/stats/resample-run.ts';
import type { ResampledNumber } from '../lib/stats/resampled-number.ts';
import type { StatisticName } from '../lib/stats/shown-statistics.ts';
import { autoregressive, logNormal, type RunModel, simulateRun } from './simulated-run.ts';

// Prints the tables of docs/ci.md: how many requests each of two runs needs, so that a change is shown in four of five
// comparisons, and how often a gate fails. The argument: simulated comparisons for each number.
const TRIALS = Number(process.argv[2] ?? 200);

const MODELS: readonly (readonly [string, RunModel])[] = [
  ['even (standard deviation 31 % of the mean)', logNormal(0.3)],
  ['uneven (standard deviation 131 % of the mean)', logNormal(1)],
  ['medium (53 %), each like the one before (correlation 0.5)', autoregressive(0.5)],
];
const SIZES = [50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800];
const STATISTICS: readonly StatisticName[] = ['mean', 'p50', 'p90', 'p99'];
const CHANGES = [0.02, 0.05, 0.1, 0.2, 0.5];
const WANTED_POWER = 0.8;

/** The lowest change (1: none) that the 95 % interval of a comparison holds; null where there are too few requests. */
type LowestRatio = number | null;

const random = createRandom(1);

function resample(model: RunModel, requests: number): ResampledRun['timings']['latency'] {
  return resampleRun(simulateRun(model, requests, random), {
    seed: random.integer(0, 2 ** 31),
    replicates: 500,
    percentileRule: 'quick-start',
    percentiles: [50, 90, 99],
  }).timings.latency;
}

function findLowest(base: ResampledNumber | null, next: ResampledNumber | null): LowestRatio {
  if (base === null || next === null || !base.precise || !next.precise) return null;
  const ratios = base.replicates.map((before, i) => (next.replicates[i] as number) / before);
  return expandedInterval(ratios, Math.min(base.blocks, next.blocks)).low;
}

/** Comparisons of two runs of the same service; slowing one down by a factor moves its interval by just that factor. */
function simulate(model: RunModel, requests: number): Map<StatisticName, LowestRatio[]> {
  const lowest = new Map<StatisticName, LowestRatio[]>(STATISTICS.map((statistic) => [statistic, []]));
  for (let trial = 0; trial < TRIALS; trial++) {
    const base = resample(model, requests);
    const next = resample(model, requests);
    for (const statistic of STATISTICS) {
      lowest.get(statistic)?.push(findLowest(base[statistic] ?? null, next[statistic] ?? null));
    }
  }
  return lowest;
}

/** How often a change shows itself as being more than `limit`. */
function countShown(lowest: readonly LowestRatio[], change: number, limit = 0): number {
  return lowest.filter((low) => low !== null && low * (1 + change) > 1 + limit).length / lowest.length;
}

const GATE_SIZES = [400, 1600, 6400];
const GATE_CHANGES = [0, 0.1, 0.15, 0.2, 0.3, 0.5];

for (const [title, model] of MODELS) {
  const bySize = new Map(SIZES.map((size) => [size, simulate(model, size)]));
  console.log(`\n${title}\n\n| | ${CHANGES.map((change) => `+${change * 100} %`).join(' | ')} |`);
  console.log(`|---|${CHANGES.map(() => '---:').join('|')}|`);
  for (const statistic of STATISTICS) {
    const needed = CHANGES.map((change) => {
      const size = SIZES.find(
        (requests) => countShown(bySize.get(requests)?.get(statistic) ?? [], change) >= WANTED_POWER,
      );
      return size === undefined ? `> ${SIZES.at(-1)}` : String(size);
    });
    console.log(`| ${statistic} | ${needed.join(' | ')} |`);
  }
  console.log(`\ngate > +10 %, share of comparisons that fail by the true change\n`);
  console.log(`| | requests | ${GATE_CHANGES.map((change) => `+${change * 100} %`).join(' | ')} |`);
  console.log(`|---|---:|${GATE_CHANGES.map(() => '---:').join('|')}|`);
  for (const statistic of ['p50', 'p99'] as const) {
    for (const size of GATE_SIZES) {
      const shares = GATE_CHANGES.map((change) => {
        const share = countShown(bySize.get(size)?.get(statistic) ?? [], change, 0.1);
        return `${(share * 100).toFixed(0)} %`;
      });
      console.log(`| ${statistic} | ${size} | ${shares.join(' | ')} |`);
    }
  }
}
