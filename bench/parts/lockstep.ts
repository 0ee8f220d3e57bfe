import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LeastMeasured } from '../k6/least-measured.ts';
import { ask, runToEnd, type Server, startServer } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part } from '../support/context.ts';
import { median } from '../support/pairs.ts';

const STREAMS = 64;
const TOKENS = 128;
/** 50 ms and 50 tokens/s. Without spinning, since the client has no core of its own. */
const MOCK_FLAGS = ['--spin', 'off', '--ttft-ms', 50, '--tpot-ms', 20, '--output-tokens', TOKENS];
const AIMS = { timesOfLeast: 1.3, nodeMeanMs: 5, p99Ms: 15 };

/** One run: what was measured against the truth, and what it cost. */
interface LockstepRun {
  readonly ttftErrorMs: number;
  /** p99 measured over p99 of the truth. */
  readonly p99ErrorMs: number;
  readonly itlP99Ms: number;
  readonly cpuMs: number;
}

interface Subject {
  readonly name: string;
  readonly engine: 'k6' | 'node';
  readonly run: (server: Server, requests: number) => Promise<LockstepRun>;
}

/** What of the mock's `/__timings` tells when it wrote its first output. */
interface Timing {
  readonly arrival_ms: number;
  readonly chunks: readonly { readonly at_ms: number; readonly tokens: number }[];
}

/**
 * Answers that are all equally long, so that all streams end and start together, and the work at the end of a request
 * is in the way of the next first tokens. Client and server share the machine; the subjects run in turn.
 */
export const measureLockstep: Part = async (context) => {
  const subjects = listSubjects(context);
  const server = await startServer(built(context).script('mock'), MOCK_FLAGS);
  const runs = new Map<Subject, LockstepRun[]>(subjects.map((subject) => [subject, []]));
  try {
    for (let round = 0; round < context.pairs; round++) {
      for (const subject of subjects) {
        context.say(`lockstep, round ${round + 1}: ${subject.name}`);
        runs.get(subject)?.push(await subject.run(server, STREAMS * (context.quick ? 4 : 8)));
      }
    }
  } finally {
    await server.stop();
  }
  const least = subjects.find(({ name }) => name === LEAST);
  const floor = least === undefined ? null : middle(runs.get(least) as LockstepRun[], 'ttftErrorMs');
  return subjects.map((subject) => describe(subject, runs.get(subject) as LockstepRun[], floor));
};

const LEAST = 'k6, clock, text and Trend alone';

function listSubjects(context: BenchContext): Subject[] {
  const { bundle, script } = built(context);
  const { k6Path, against } = context;
  const k6 = (name: string, path: string, read: ReadMeasured): Subject[] =>
    k6Path === null
      ? []
      : [{ name, engine: 'k6', run: runner([k6Path, 'run', '--quiet', '--log-format', 'raw', path], read, []) }];
  const node = (name: string, path: string): Subject => ({
    name,
    engine: 'node',
    run: runner([process.execPath, script('engine'), path], readSummary, ['WARM_UP=false']),
  });
  return [
    ...k6(LEAST, script('time-events'), readLeast),
    ...k6('k6, dist/openqa.js', bundle, readSummary),
    ...(against === null ? [] : k6('k6, the other build', against, readSummary)),
    node('Node, dist/openqa.js', bundle),
    ...(against === null ? [] : [node('Node, the other build', against)]),
  ];
}

type Measured = Readonly<Record<'ttftMs' | 'ttftP99Ms' | 'itlP99Ms', number>>;
type ReadMeasured = (stdout: string, folder: string) => Measured;

function readLeast(stdout: string): Measured {
  const { ttft, itl } = JSON.parse(stdout) as LeastMeasured;
  return { ttftMs: ttft.avg, ttftP99Ms: ttft['p(99)'], itlP99Ms: itl['p(99)'] };
}

function readSummary(_: string, folder: string): Measured {
  const { summary } = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'));
  const p99 = summary.percentiles.find(({ percentile }: { percentile: number }) => percentile === 99);
  return { ttftMs: summary.ttft_avg_ms, ttftP99Ms: p99.ttft_ms, itlP99Ms: summary.itl_p99_ms };
}

/** Settings go to k6 in its environment, and to the Node engine as arguments too. */
function runner(command: readonly string[], read: ReadMeasured, more: readonly string[]): Subject['run'] {
  return async (server, requests) => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
    const env = {
      URL: `${server.url}/v1/chat/completions`,
      MODEL: 'bench',
      BODY: JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content: 'Why?' }] }),
      NUMBER: String(requests),
      PARALLEL: String(STREAMS),
      NO_TEST_CONNECTION: 'true',
      OUTPUTS_DIR: folder,
    };
    const settings =
      more.length === 0 ? [] : [...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...more];
    try {
      const { stdout, cpuMs } = await runToEnd([...command, ...settings], env);
      const measured = read(stdout, folder);
      const truth = (await ask<Timing[]>(server, '/__timings?reset=1')).map(trueTtft).sort((a, b) => a - b);
      if (truth.length !== requests) throw new Error(`${truth.length} of ${requests} requests came`);
      return {
        ttftErrorMs: measured.ttftMs - truth.reduce((sum, value) => sum + value, 0) / truth.length,
        p99ErrorMs: measured.ttftP99Ms - (truth[Math.floor(truth.length * 0.99)] as number),
        itlP99Ms: measured.itlP99Ms,
        cpuMs,
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

function trueTtft({ arrival_ms, chunks }: Timing): number {
  const first = chunks.find(({ tokens }) => tokens > 0);
  return (first?.at_ms ?? Number.NaN) - arrival_ms;
}

function middle(runs: readonly LockstepRun[], key: keyof LockstepRun): number {
  return median(runs.map((run) => run[key]));
}

/** @param floor mean error of the script that only takes times; null without k6 */
function describe({ name, engine }: Subject, runs: readonly LockstepRun[], floor: number | null): Figure {
  const [error, p99, itl, cpu] = (['ttftErrorMs', 'p99ErrorMs', 'itlP99Ms', 'cpuMs'] as const).map((key) =>
    middle(runs, key),
  ) as [number, number, number, number];
  const most = engine === 'node' || floor === null ? AIMS.nodeMeanMs : floor * AIMS.timesOfLeast;
  return {
    part: 'lockstep',
    name: `${name}, ${STREAMS} streams in step: error of mean TTFT / of its p99, ms`,
    value: `${error.toFixed(1)} / ${p99.toFixed(1)}`,
    detail: `${runs.map(({ ttftErrorMs }) => ttftErrorMs.toFixed(1)).join(', ')}; ITL p99 ${itl.toFixed(1)} ms; CPU ${(cpu / 1000).toFixed(2)} s`,
    ...(name.endsWith('dist/openqa.js')
      ? {
          aim: {
            text: `mean at most ${most.toFixed(1)}, p99 at most ${AIMS.p99Ms}`,
            reached: error <= most && p99 <= AIMS.p99Ms,
          },
        }
      : {}),
    values: { engine, ttft_error_ms: error, p99_error_ms: p99, itl_p99_ms: itl, cpu_ms: cpu, runs },
  };
}
