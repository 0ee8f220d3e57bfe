import { goMemorySettings } from '../../lib/cli/run/go-memory.ts';
import { LONG_ANSWER_TOKENS, OTHER_EVENTS, type Wire } from '../source/answer.ts';
import { ask, runToEnd, type Server, startServer } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part, subjects } from '../support/context.ts';
import { formatRatio, measurePairs, median, summarizeRatios } from '../support/pairs.ts';

const K6_AIM = 0.45;
const NODE_AIM = 0.35;

interface Speed {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** How many events a second: a bundle that measures against a reader that does nothing, as fast as the source sends. */
export const measureEventsPerSecond: Part = async (context) => {
  const figures: Figure[] = [];
  for (const wire of ['chunks', 'body'] as const) {
    const source = await startServer(built(context).script('source'), ['blast', LONG_ANSWER_TOKENS, wire]);
    try {
      if (wire === 'chunks') figures.push(...(await inK6(context, source)));
      figures.push(await inNode(context, source, wire));
    } finally {
      await source.stop();
    }
  }
  return figures;
};

async function inK6(context: BenchContext, source: Server): Promise<Figure[]> {
  const { k6Path, quick } = context;
  if (k6Path === null) return [];
  const requests = quick ? 50 : 200;
  const figures: Figure[] = [];
  const { bundle, least } = subjects(context);
  const cases = [
    { ...bundle, parallel: 1, how: '1 VU', env: {}, aim: K6_AIM },
    { ...least, parallel: 1, how: '1 VU', env: {}, aim: null },
    { ...bundle, parallel: 4, how: '4 VUs', env: {}, aim: null },
    { ...least, parallel: 4, how: '4 VUs', env: {}, aim: null },
    {
      ...bundle,
      parallel: 1,
      how: '1 VU, Go’s memory set as by the command line',
      env: goMemorySettings({}),
      aim: null,
    },
  ];
  for (const { parallel, how, env, aim, what, script } of quick ? cases.slice(0, 2) : cases) {
    const floor = k6Run(k6Path, built(context).script('count-events'), source, parallel, env);
    const measured = k6Run(k6Path, script, source, parallel, env);
    context.say(`events per second in k6, ${how}: ${what}`);
    const name = `k6, ${how}: speed of ${what} over that of counting events`;
    figures.push(await compare(context, source, { name, aim, requests, floor, measured }));
  }
  return figures;
}

function k6Run(
  k6Path: string,
  script: string,
  { url }: Server,
  parallel: number,
  env: Readonly<Record<string, string>>,
) {
  return async (requests: number): Promise<Speed> =>
    runToEnd([k6Path, 'run', '--quiet', '--log-format', 'raw', script], {
      URL: `${url}/v1/chat/completions`,
      MODEL: 'bench',
      NUMBER: String(requests),
      PARALLEL: String(Math.min(parallel, requests)),
      NO_TEST_CONNECTION: 'true',
      ...env,
    });
}

async function inNode(context: BenchContext, source: Server, wire: Wire): Promise<Figure> {
  context.say(`events per second in Node, ${wire}`);
  const url = `${source.url}/v1/chat/completions`;
  const { script, bundle } = built(context);
  const drain = nodeRun([script('drain'), url]);
  const engine = nodeRun([script('engine'), bundle, `URL=${url}`]);
  const how = wire === 'chunks' ? 'an HTTP chunk per event' : 'one plain body';
  const name = `Node, ${how}: speed of the engine over that of draining bytes`;
  const requests = context.quick ? 50 : 200;
  const aim = wire === 'chunks' ? NODE_AIM : null;
  return compare(context, source, { name, aim, requests, floor: drain, measured: engine });
}

function nodeRun(command: readonly string[]) {
  return async (requests: number): Promise<Speed> => {
    const { stdout } = await runToEnd([process.execPath, ...command, `NUMBER=${requests}`]);
    const { wall_ms, cpu_ms } = JSON.parse(stdout) as { wall_ms: number; cpu_ms: number };
    return { wallMs: wall_ms, cpuMs: cpu_ms };
  };
}

interface Comparison {
  readonly name: string;
  readonly aim: number | null;
  readonly requests: number;
  readonly floor: (requests: number) => Promise<Speed>;
  readonly measured: (requests: number) => Promise<Speed>;
}

/** Start and end of each program are taken off: what one request takes, measured the same way. */
async function compare(
  { pairs }: BenchContext,
  source: Server,
  { name, aim, requests, floor, measured }: Comparison,
): Promise<Figure> {
  const idle = [await floor(1), await measured(1)] as const;
  const before = await ask<{ cpu_ms: number }>(source, '/stats');
  const started = performance.now();
  const all = await measurePairs(
    pairs,
    () => floor(requests),
    () => measured(requests),
  );
  const after = await ask<{ cpu_ms: number }>(source, '/stats');
  const sourceShare = (after.cpu_ms - before.cpu_ms) / (performance.now() - started);
  const events = (requests - 1) * (LONG_ANSWER_TOKENS + OTHER_EVENTS);
  const walls = all.map(([a, b]) => [a.wallMs - idle[0].wallMs, b.wallMs - idle[1].wallMs] as const);
  const cpus = all.map(([a, b]) => [a.cpuMs - idle[0].cpuMs, b.cpuMs - idle[1].cpuMs] as const);
  const wall = summarizeRatios(walls.map(([a, b]) => a / b));
  const cpu = summarizeRatios(cpus.map(([a, b]) => a / b));
  const perSecond = [0, 1].map((i) => Math.round(events / (median(walls.map((pair) => pair[i] as number)) / 1000)));
  const cpuUs = [0, 1].map((i) => (median(cpus.map((pair) => pair[i] as number)) * 1000) / events);
  return {
    part: 'events per second',
    name,
    value: formatRatio(wall),
    detail:
      `${perSecond[1]} of ${perSecond[0]} events/s; CPU ${cpuUs[1]?.toFixed(1)} against ${cpuUs[0]?.toFixed(1)} us an event ` +
      `(${cpu.median.toFixed(2)}); source ${(sourceShare * 100).toFixed(0)} % of a core`,
    ...(aim === null ? {} : { aim: { text: `at least ${aim}`, reached: wall.median >= aim } }),
    values: {
      ratio: wall,
      cpu_ratio: cpu,
      floor_events_per_s: perSecond[0],
      events_per_s: perSecond[1],
      floor_cpu_us: cpuUs[0],
      cpu_us: cpuUs[1],
      source_cpu_ratio: sourceShare,
    },
  };
}
