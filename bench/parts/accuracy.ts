import { CHECKED_METRICS, type CheckedMetric, type ErrorSummary } from '../../lib/calibrate/truth-errors.ts';
import { FEWEST_REQUESTS } from '../../lib/cli/commands/calibrate-flags.ts';
import { runToEnd } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part } from '../support/context.ts';

const TOKENS_PER_S = 50;
/** Half a minute of load; with fewer, the p99 of TTFT is the error of one request or two. */
const REQUESTS_PER_STREAM = 10;
/** The aim is stated for 64 streams. */
const AIMED_AT = { parallel: 64, medianMs: 0.3, p99Ms: 2 };
const TITLES: Readonly<Record<CheckedMetric, string>> = { ttft: 'TTFT', itl: 'ITL', tpot: 'TPOT', latency: 'latency' };

interface Calibrated {
  readonly errors: Readonly<Record<CheckedMetric, ErrorSummary>>;
  readonly sending: ErrorSummary;
  readonly server_late_p99_ms: number;
}

/** How far measured times are from those that the mock knows, by engine and load. */
export const measureAccuracy: Part = async (context) => {
  const figures: Figure[] = [];
  for (const engine of context.k6Path === null ? (['node'] as const) : (['k6', 'node'] as const)) {
    for (const parallel of context.quick ? [1, 64] : [1, 16, 64, 256]) {
      context.say(`accuracy in ${engine}, ${parallel} streams`);
      figures.push(await calibrate(context, engine, parallel));
    }
  }
  return figures;
};

async function calibrate(context: BenchContext, engine: 'k6' | 'node', parallel: number): Promise<Figure> {
  const flags = {
    '--engine': engine,
    '--parallel': parallel,
    '--tokens-per-s': TOKENS_PER_S,
    ...(context.quick ? {} : { '--number': Math.max(FEWEST_REQUESTS, parallel * REQUESTS_PER_STREAM) }),
  };
  const words = Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]);
  const { stdout } = await runToEnd([
    process.execPath,
    built(context).cli,
    'calibrate',
    ...words,
    '--json',
    '--no-store',
  ]);
  const { errors, sending, server_late_p99_ms } = JSON.parse(stdout) as Calibrated;
  const isAimed = parallel === AIMED_AT.parallel;
  const aimed = CHECKED_METRICS.map((metric) => errors[metric]);
  const reached = aimed.every(({ median_ms, p99_ms }) => median_ms < AIMED_AT.medianMs && p99_ms < AIMED_AT.p99Ms);
  return {
    part: 'accuracy',
    name: `${engine}, ${parallel} stream${parallel === 1 ? '' : 's'} of ${TOKENS_PER_S} tokens/s: error of ITL, median / p99 / max ms`,
    value: describe(errors.itl),
    detail: `${CHECKED_METRICS.map((metric) => `${TITLES[metric]} ${describe(errors[metric])}`).join('; ')}; connecting and sending ${describe(sending)}; the server itself up to ${server_late_p99_ms.toFixed(1)} ms late`,
    ...(isAimed ? { aim: { text: `median under ${AIMED_AT.medianMs}, p99 under ${AIMED_AT.p99Ms}`, reached } } : {}),
    values: { engine, parallel, errors, sending, server_late_p99_ms },
  };
}

function describe({ median_ms, p99_ms, max_ms }: ErrorSummary): string {
  return [median_ms, p99_ms, max_ms].map((value) => value.toFixed(value < 1 ? 3 : 1)).join(' / ');
}
