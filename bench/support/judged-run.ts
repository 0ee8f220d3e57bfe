import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMockTruth } from '../../lib/calibrate/mock-truth.ts';
import { placeBeside, type RequestTruth } from '../../lib/calibrate/truth-errors.ts';
import { startMockProcess } from '../../lib/cli/run/mock-process.ts';
import type { RequestRecord } from '../../lib/measure/request-record.ts';
import { readRecords } from '../../lib/records/node-record-reader.ts';
import { type BenchContext, built } from './context.ts';

/** One run whose verdict is compared with the truth. */
export interface JudgedPlan {
  readonly engine: 'k6' | 'node';
  readonly parallel: number;
  /** Busy loops beside client and server. */
  readonly hogs: number;
  /** true: all answers have one length and one pace, so all streams end and start together. */
  readonly lockstep: boolean;
  /** Of each stream. */
  readonly msPerToken: number;
  readonly seconds: number;
}

const TTFT_MS = 50;
/** Of an answer, on average. */
const TOKENS = 64;

/** What a run said, what it should have said, and what it knew of its client. */
export interface JudgedRun {
  readonly plan: JudgedPlan;
  readonly summary: unknown;
  readonly validity: unknown;
  readonly client: unknown;
  readonly records: unknown;
  readonly times: ReturnType<typeof placeBeside>;
  readonly truth: readonly RequestTruth[];
  readonly sched: unknown;
}

export async function runJudged(context: BenchContext, plan: JudgedPlan): Promise<JudgedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-judge-'));
  const mock = await startMockProcess(mockFlags(plan));
  const hogs = Array.from({ length: plan.hogs }, () =>
    spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' }),
  );
  try {
    const sched = await runLoad(context, plan, mock.url, folder);
    const file = ['records.jsonl', 'samples.json'].map((name) => join(folder, 'run', name)).find(existsSync) as string;
    const records: RequestRecord[] = [];
    await readRecords([file], (record) => records.push(record));
    const told = JSON.parse(readFileSync(join(folder, 'run', 'summary.json'), 'utf8'));
    const truth = readMockTruth(await (await fetch(new URL('/__timings', mock.url))).json());
    const truthOf = ({ index }: RequestRecord): RequestTruth => truth.get(promptOf(index)) as RequestTruth;
    return {
      plan,
      summary: told.summary,
      validity: told.validity,
      client: told.client,
      records: records.map(({ index, start_ms, ttft_ms, client_lag_ms, latency_ms, chunk_gaps_ms }) => ({
        index,
        start_ms,
        ttft_ms,
        client_lag_ms,
        latency_ms,
        chunk_gaps_ms,
      })),
      times: placeBeside(records, truthOf),
      truth: records.map(truthOf),
      sched,
    };
  } finally {
    for (const child of [mock.child, ...hogs]) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function mockFlags({ lockstep, msPerToken }: JudgedPlan): string[] {
  const flags = {
    '--port': 0,
    '--keep-messages': 'on',
    '--spin': 'off',
    '--ttft-ms': TTFT_MS,
    '--tpot-ms': msPerToken,
    '--ttft-spread': lockstep ? 0 : 0.3,
    '--tpot-spread': lockstep ? 0 : 0.1,
    '--output-tokens': lockstep ? TOKENS : 'off',
  };
  return Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]);
}

function promptOf(index: number): string {
  return `judged request ${index}`;
}

async function runLoad(context: BenchContext, plan: JudgedPlan, url: string, folder: string): Promise<unknown> {
  const { engine, parallel, msPerToken, seconds, lockstep } = plan;
  const dataset = join(folder, 'prompts.jsonl');
  const rounds = Math.max(1, Math.round((seconds * 1000) / (TTFT_MS + msPerToken * (lockstep ? TOKENS : 110))));
  const number = parallel * rounds;
  const lines = Array.from({ length: number }, (_, index) => JSON.stringify({ question: promptOf(index) }));
  writeFileSync(dataset, lines.join('\n'));
  const flags = {
    '--engine': engine,
    '--url': url,
    '--model': 'judged',
    '--dataset-path': dataset,
    '--number': number,
    '--parallel': parallel,
    '--outputs-dir': folder,
    '--name': 'run',
    '--max-tokens': lockstep ? 2048 : 160,
  };
  const words = Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]);
  const child = spawn(
    process.execPath,
    [built(context).cli, 'run', ...words, '--no-timestamp', '--no-test-connection', '--quiet'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (piece) => {
    said += piece;
  });
  const stop = sampleSched(child, engine);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`exit ${code}: ${said}`);
  return stop();
}

function sampleSched(child: ChildProcess, engine: 'k6' | 'node'): () => unknown {
  const samples: number[][] = [];
  const timer = setInterval(() => {
    try {
      const root = child.pid as number;
      let pid: number = root;
      if (engine === 'k6') {
        const kids = readdirSync(`/proc/${root}/task`).flatMap((task) =>
          readFileSync(`/proc/${root}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
        );
        pid = kids.find((kid) => readFileSync(`/proc/${kid}/comm`, 'utf8').startsWith('k6')) ?? 0;
        if (pid === 0) return;
      }
      const sum = [0, 0, 0];
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        const f = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').trim().split(' ').map(Number);
        for (let i = 0; i < 3; i++) sum[i] = (sum[i] as number) + (f[i] as number);
      }
      samples.push([performance.now(), ...sum]);
    } catch {}
  }, 100);
  return () => {
    clearInterval(timer);
    return samples;
  };
}
