import { goMemorySettings } from '../../lib/cli/run/go-memory.ts';
import { runToEnd, startServer } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part, subjects } from '../support/context.ts';
import { formatRatio, measurePairs, median, summarizeRatios } from '../support/pairs.ts';

/** Of 0.43 ms for the script that counts events, 0.75 ms are aimed at. */
const AIM = 1.74;
const ANSWER_TOKENS = 1;

/** What a request costs k6 whatever its length: answers of one token, one VU, without records, and what a start costs. */
export const measureRequests: Part = async (context) => {
  if (context.k6Path === null) return [];
  const source = await startServer(built(context).script('source'), ['blast', ANSWER_TOKENS, 'chunks']);
  const floor = built(context).script('count-events');
  const { against } = context;
  const { bundle } = subjects(context);
  const cases = [bundle, ...(against === null ? [] : [{ what: 'the other build', script: against }])];
  try {
    const figures: Figure[] = [];
    for (const { what, script } of cases) {
      context.say(`requests of one token: ${what}`);
      figures.push(await compare(context, source.url, { what, floor, script }));
    }
    return figures;
  } finally {
    await source.stop();
  }
};

async function compare(
  context: BenchContext,
  url: string,
  { what, floor, script }: { readonly what: string; readonly floor: string; readonly script: string },
): Promise<Figure> {
  const requests = context.quick ? 1000 : 4000;
  const idle = await measurePairs(
    context.pairs,
    () => cpuOf(context, floor, url, 1),
    () => cpuOf(context, script, url, 1),
  );
  const loaded = await measurePairs(
    context.pairs,
    () => cpuOf(context, floor, url, requests),
    () => cpuOf(context, script, url, requests),
  );
  const [floorStart, start] = [0, 1].map((i) => median(idle.map((pair) => pair[i] as number))) as [number, number];
  const costs = loaded.map(([a, b]) => [(a - floorStart) / (requests - 1), (b - start) / (requests - 1)] as const);
  const ratio = summarizeRatios(costs.map(([a, b]) => b / a));
  const [floorMs, ms] = [0, 1].map((i) => median(costs.map((pair) => pair[i] as number))) as [number, number];
  return {
    part: 'requests',
    name: `k6, a request of one token, CPU of ${what} over that of counting events`,
    value: formatRatio(ratio),
    detail: `${ms.toFixed(2)} of ${floorMs.toFixed(2)} ms a request; a run of one request ${(start / 1000).toFixed(2)} of ${(floorStart / 1000).toFixed(2)} s`,
    aim: { text: `at most ${AIM}`, reached: ratio.median <= AIM },
    values: { ratio, ms_per_request: ms, floor_ms_per_request: floorMs, start_ms: start, floor_start_ms: floorStart },
  };
}

async function cpuOf({ k6Path }: BenchContext, script: string, url: string, requests: number): Promise<number> {
  const { cpuMs } = await runToEnd([k6Path as string, 'run', '--quiet', '--log-format', 'raw', script], {
    URL: `${url}/v1/chat/completions`,
    MODEL: 'bench',
    NUMBER: String(requests),
    PARALLEL: '1',
    NO_TEST_CONNECTION: 'true',
    CONNECT_PROBES: 'false',
    RECORDS: 'off',
    ...goMemorySettings({}),
  });
  return cpuMs;
}
