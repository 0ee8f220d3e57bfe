import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SearchFile } from '../../lib/search/search-json.ts';
import { createRandom } from '../../lib/shared/random.ts';
import { runToEnd, startServer } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part } from '../support/context.ts';
import { listEngines } from '../support/engine-command.ts';

/** A service whose mean TTFT is a known function of the load, so that the load at which it meets a limit is known, too. */
interface KnownService {
  readonly find: 'max-parallel' | 'max-rate';
  readonly ttftMs: number;
  readonly slowdown: number;
  readonly range: readonly [from: number, to: number];
  /** Milliseconds at a load. */
  readonly meanTtft: (load: number) => number;
  /** A true limit, by a draw from 0 to 1. */
  readonly drawTruth: (draw: number) => number;
}

/**
 * Answers of one token, whose time is fixed when a request comes: `ttft (1 + slowdown (A - 1))`, with A in work. They are
 * slow, so that the client's own time is small beside them, and searches that run side by side do not meet in the CPU.
 */
function listServices(): readonly KnownService[] {
  const parallel = { ttftMs: 250, slowdown: 0.25 };
  const rate = { ttftMs: 200, slowdown: 0.25 };
  return [
    {
      find: 'max-parallel',
      ...parallel,
      range: [1, 64],
      // A closed loop keeps all of them in work.
      meanTtft: (load) => parallel.ttftMs * (1 + parallel.slowdown * (load - 1)),
      // Between two whole numbers, of which the client's own time would decide at the one.
      drawTruth: (draw) => 4.5 + Math.floor(draw * 12),
    },
    {
      find: 'max-rate',
      ...rate,
      range: [2, 32],
      // A Poisson request finds on average as many in work as there are (PASTA), which is rate x time (Little):
      // T = t (1 + s r T), so T = t / (1 - s r t).
      meanTtft: (load) => rate.ttftMs / (1 - (rate.slowdown * load * rate.ttftMs) / 1000),
      drawTruth: (draw) => 6 + draw * 6,
    },
  ];
}

const SIDE_BY_SIDE = 10;

interface RealSearch {
  readonly truth: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly requests: number;
  readonly isHeld: boolean;
}

/** Ten real searches of each kind in each engine: in how many does the true limit lie in the interval? */
export const measureSearch: Part = async (context) => {
  const cases = listEngines(context).flatMap((engine) => listServices().map((service) => ({ engine, service })));
  const figures: Figure[] = [];
  for (const { engine, service } of cases) figures.push(await measureCase(context, engine, service));
  return figures;
};

async function measureCase(context: BenchContext, engine: 'k6' | 'node', service: KnownService): Promise<Figure> {
  const count = context.quick ? 2 : 10;
  const random = createRandom(7);
  const truths = Array.from({ length: count }, () => service.drawTruth(random.next()));
  const searches: RealSearch[] = [];
  for (let from = 0; from < count; from += SIDE_BY_SIDE) {
    const some = truths.slice(from, from + SIDE_BY_SIDE);
    const found = await Promise.all(some.map((truth) => searchOnce(context, engine, service, truth)));
    for (const search of found) context.say(`${engine}, ${service.find}: ${JSON.stringify(search)}`);
    searches.push(...found);
  }
  const held = searches.filter(({ isHeld }) => isHeld).length;
  const requests = searches.reduce((sum, search) => sum + search.requests, 0);
  const widths = searches.map(({ low, high }) => (high ?? Number.POSITIVE_INFINITY) / (low ?? 1) - 1);
  const width = widths.sort((a, b) => a - b)[Math.floor(count / 2)] as number;
  return {
    part: 'search',
    name: `${engine}: ${service.find}, the true limit lies in the interval`,
    value: `${held} of ${count}`,
    detail: `width ${(100 * width).toFixed(0)} %, ${(requests / count).toFixed(0)} requests a search`,
    aim: { text: 'at least 90 %', reached: held >= 0.9 * count },
    values: { engine, find: service.find, searches },
  };
}

async function searchOnce(
  context: BenchContext,
  engine: 'k6' | 'node',
  { find, ttftMs, slowdown, range, meanTtft }: KnownService,
  truth: number,
): Promise<RealSearch> {
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-search-'));
  const times = ['--ttft-ms', ttftMs, '--slowdown', slowdown, '--tpot-ms', 0, '--output-tokens', 1];
  const server = await startServer(built(context).script('mock'), ['--spin', 'off', ...times, '--ttft-spread', 0.2]);
  try {
    const words = [
      ...['run', '--engine', engine, '--url', `${server.url}/v1/chat/completions`, '--model', 'bench', '--quiet'],
      ...['--no-test-connection', '--connect-probes', 'false', '--sleep-interval', 0],
      ...['--find', find, '--find-from', range[0], '--find-to', range[1]],
      ...(find === 'max-rate' ? ['--max-in-flight', 64] : []),
      ...['--gate', `avg(ttft)<${meanTtft(truth).toFixed(2)}`],
      ...['--outputs-dir', folder, '--name', 'run', '--no-timestamp'],
    ];
    // Where no load is good for sure it ends with 99, and that is an answer.
    await runToEnd([process.execPath, built(context).cli, ...words.map(String)]).catch((error: Error) => {
      if (!error.message.includes('ended with 99')) throw error;
    });
    const { answer, requests } = JSON.parse(readFileSync(join(folder, 'run', 'search.json'), 'utf8')) as SearchFile;
    const { low = null, high = null } = answer ?? {};
    const isHeld = answer !== null && (low ?? 0) <= truth && truth < (high ?? Number.POSITIVE_INFINITY);
    return { truth: Number(truth.toFixed(2)), low, high, requests, isHeld };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
