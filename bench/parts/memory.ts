import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { ask, residentMb, type Server, startServer } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part } from '../support/context.ts';

const LONG_ANSWER = 32_000;
const BUNDLE_AIM_KB = 150;
const IDLE_VU_AIM_MB = 0.5;
const WATCH_EVERY_MS = 200;
/** Memory that grows by less than this in a second has come to rest. */
const AT_REST_MB = 1;

interface SourceStats {
  readonly requests: number;
  readonly last_request_at: number;
  readonly pending: number;
}

interface Held {
  /** From the start of the process to its last request. */
  readonly startMs: number;
  readonly rssMb: number;
}

/** Size of the bundle, time to start, and memory: idle, and with long answers under way. */
export const measureMemory: Part = async (context) => {
  const figures = [bundleSize(context)];
  const engines = context.k6Path === null ? (['node'] as const) : (['k6', 'node'] as const);
  for (const engine of engines) {
    const waiting = new Map<number, Held>();
    for (const vus of context.quick ? [1, 100] : [1, 100, 1000]) {
      context.say(`memory of ${vus} VUs in ${engine}`);
      const held = await hold(context, engine, vus, 1);
      waiting.set(vus, held);
      figures.push(describeStart(engine, vus, held));
    }
    const most = Math.max(...waiting.keys());
    context.say(`memory of ${most} idle VUs in ${engine}`);
    const idle = [await hold(context, engine, 1, 1, 'setup'), await hold(context, engine, most, 1, 'setup')] as const;
    figures.push(describeVu(engine, most, 'idle VU', idle[0], idle[1]));
    const open = [waiting.get(1), waiting.get(most)] as readonly [Held, Held];
    figures.push(describeVu(engine, most, 'VU, its open stream included', open[0], open[1]));
    const [vus, tokens] = context.quick ? [10, 8000] : [100, LONG_ANSWER];
    context.say(`memory of ${vus} answers of ${tokens} tokens in ${engine}`);
    figures.push(describeLong(engine, vus, tokens, await hold(context, engine, vus, tokens), waiting));
  }
  return figures;
};

function bundleSize(context: BenchContext): Figure {
  const kB = statSync(built(context).bundle).size / 1000;
  return {
    part: 'memory and start',
    name: 'size of dist/openqa.js',
    value: `${kB.toFixed(1)} kB`,
    detail: 'source maps apart',
    aim: { text: `under ${BUNDLE_AIM_KB} kB`, reached: kB < BUNDLE_AIM_KB },
    values: { kB },
  };
}

function describeStart(engine: string, vus: number, { startMs, rssMb }: Held): Figure {
  return {
    part: 'memory and start',
    name: `${engine}, ${vus} VU${vus === 1 ? '' : 's'} that wait for their second event`,
    value: `${(startMs / 1000).toFixed(2)} s, ${rssMb.toFixed(0)} MB`,
    detail: 'from the start of the process to the last VU’s first request; resident memory',
    values: { engine, vus, start_ms: startMs, rss_mb: rssMb },
  };
}

function describeVu(engine: 'k6' | 'node', vus: number, what: string, one: Held, many: Held): Figure {
  const perVu = (many.rssMb - one.rssMb) / (vus - 1);
  const aim = { text: `under ${IDLE_VU_AIM_MB} MB`, reached: perVu < IDLE_VU_AIM_MB };
  return {
    part: 'memory and start',
    name: `${engine}: RSS of each further ${what}`,
    value: `${perVu.toFixed(2)} MB`,
    detail: `from 1 to ${vus} VUs`,
    ...(engine === 'k6' && what === 'idle VU' ? { aim } : {}),
    values: { engine, what, mb_per_vu: perVu, vus },
  };
}

function describeLong(
  engine: string,
  vus: number,
  tokens: number,
  { rssMb }: Held,
  waiting: ReadonlyMap<number, Held>,
): Figure {
  const base = waiting.get(vus)?.rssMb ?? waiting.get(1)?.rssMb ?? 0;
  const bytes = ((rssMb - base) * 1e6) / (vus * tokens);
  return {
    part: 'memory and start',
    name: `${engine}, ${vus} VUs with ${tokens} tokens each received and the end outstanding`,
    value: `${rssMb.toFixed(0)} MB`,
    detail: `${bytes.toFixed(0)} bytes a token`,
    values: { engine, vus, tokens, rss_mb: rssMb, bytes_per_token: bytes },
  };
}

/**
 * Runs the bundle against answers that do not end until its memory has come to rest: with all VUs waiting for theirs, or
 * in setup, where the connection test waits for its one and all VUs are made and have nothing to do.
 */
async function hold(
  context: BenchContext,
  engine: 'k6' | 'node',
  vus: number,
  tokens: number,
  where: 'streams' | 'setup' = 'streams',
): Promise<Held> {
  const source = await startServer(built(context).script('source'), ['hold', tokens]);
  const startedAt = Date.now();
  const child = start(context, engine, vus, source, where === 'streams');
  try {
    const lastRequestAt = await requestsOf(source, where === 'streams' ? vus : 1, child);
    const rssMb = await memoryAtRest(child);
    if (where === 'streams') {
      await ask(source, '/finish');
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code !== 0) throw new Error(`${engine} with ${vus} VUs ended with ${code}`);
    }
    return { startMs: lastRequestAt - startedAt, rssMb };
  } finally {
    child.kill('SIGKILL');
    await source.stop();
  }
}

function start(
  context: BenchContext,
  engine: 'k6' | 'node',
  vus: number,
  { url }: Server,
  withoutTest: boolean,
): ChildProcess {
  const settings = {
    URL: `${url}/v1/chat/completions`,
    MODEL: 'bench',
    NUMBER: String(vus),
    PARALLEL: String(vus),
    NO_TEST_CONNECTION: String(withoutTest),
    CONNECT_TIMEOUT: '300',
  };
  const { bundle, script } = built(context);
  const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const [program, args] =
    engine === 'k6'
      ? [context.k6Path as string, ['run', '--quiet', '--log-format', 'raw', bundle]]
      : [process.execPath, [script('engine'), bundle, ...words, 'WARM_UP=false']];
  return spawn(program, args, { env: { ...process.env, ...settings }, stdio: 'ignore' });
}

/** Waits until all VUs have sent their request, and what came back has left the source. */
async function requestsOf(source: Server, vus: number, child: ChildProcess): Promise<number> {
  for (;;) {
    const { requests, last_request_at, pending } = await ask<SourceStats>(source, '/stats');
    if (requests >= vus && pending === 0) return last_request_at;
    if (child.exitCode !== null) throw new Error(`the run ended after ${requests} of ${vus} requests`);
    await pause(WATCH_EVERY_MS);
  }
}

async function memoryAtRest(child: ChildProcess): Promise<number> {
  let before = residentMb(child) ?? 0;
  for (;;) {
    await pause(1000);
    const now = residentMb(child);
    if (now === null) throw new Error('memory is read from /proc, which this system does not have');
    if (now - before < AT_REST_MB) return now;
    before = now;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
