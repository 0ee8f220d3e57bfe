import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMockTruth } from '../../lib/calibrate/mock-truth.ts';
import { CHECKED_METRICS, placeBeside, type RequestTruth } from '../../lib/calibrate/truth-errors.ts';
import { startMockProcess } from '../../lib/cli/run/mock-process.ts';
import type { RequestRecord } from '../../lib/measure/request-record.ts';
import { readRecords } from '../../lib/records/node-record-reader.ts';
import type { SummaryFile } from '../../lib/report/json/summary-json.ts';
import { choosePercentile } from '../../lib/stats/percentile-rule.ts';
import { collectRunData } from '../../lib/stats/run-data.ts';
import { sortValues } from '../../lib/stats/sorted-values.ts';
import { findStartBursts, type StartBursts } from '../../lib/stats/start-bursts.ts';
import { runToEnd } from './child.ts';
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
}

/** A headline number as it was measured, and as it was. */
interface CheckedNumber {
  readonly name: string;
  readonly measured_ms: number;
  readonly true_ms: number;
}

/** What a run said, what was true, and what it knew of its client. */
export interface JudgedRun {
  readonly plan: JudgedPlan;
  readonly validity: SummaryFile['validity'];
  readonly client: SummaryFile['client'];
  readonly numbers: readonly CheckedNumber[];
  /** What else the verdict was made from, so that other rules can be tried on the same runs. */
  readonly summary: SummaryFile['summary'];
  /** Start and lag of each probe. */
  readonly probes: readonly (readonly [number, number])[];
  readonly bursts: StartBursts | null;
}

const TTFT_MS = 50;
const TOKENS = 64;
/** The mock draws lengths between 16 and 256 tokens; this cuts the long ones. */
const MOST_TOKENS = 160;
const MEAN_TOKENS = 110;
const SECONDS = 3;

/** Runs the command line against a mock, and puts its headline numbers beside the mock's. */
export async function runJudged(context: BenchContext, plan: JudgedPlan): Promise<JudgedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-judge-'));
  const mock = await startMockProcess(mockFlags(plan));
  const hogs = Array.from({ length: plan.hogs }, startHog);
  try {
    await runToEnd(runWords(context, plan, mock.url, folder));
    const pathOf = (name: string): string => join(folder, 'run', name);
    const records: RequestRecord[] = [];
    const files = ['records.jsonl', 'samples.json'].map(pathOf).filter(existsSync).slice(0, 1);
    await readRecords(files, (record) => {
      records.push(record);
    });
    const { validity, client, summary } = JSON.parse(readFileSync(pathOf('summary.json'), 'utf8')) as SummaryFile;
    const truth = readMockTruth(await (await fetch(new URL('/__timings', mock.url))).json());
    const times = placeBeside(records, ({ index }) => truth.get(promptOf(index)) as RequestTruth);
    const probes = records.flatMap(({ start_ms, client_lag_ms: lag }) =>
      typeof lag === 'number' ? [[start_ms, lag] as const] : [],
    );
    const bursts = findStartBursts(collectRunData(records), summary.concurrency);
    return { plan, validity, client, numbers: listNumbers(times), summary, probes, bursts };
  } finally {
    for (const child of [mock.child, ...hogs]) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function startHog(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' });
}

function listNumbers(times: ReturnType<typeof placeBeside>): CheckedNumber[] {
  const percentile = choosePercentile('quick-start');
  return CHECKED_METRICS.flatMap((metric) => {
    const [measured, truth] = [times[metric].measured, times[metric].true].map((values) =>
      sortValues(Float64Array.from(values)),
    ) as [ReturnType<typeof sortValues>, ReturnType<typeof sortValues>];
    return [
      { name: `${metric} mean`, measured_ms: measured.mean() ?? 0, true_ms: truth.mean() ?? 0 },
      ...[50, 99].map((percent) => ({
        name: `${metric} p${percent}`,
        measured_ms: percentile(measured, percent) ?? 0,
        true_ms: percentile(truth, percent) ?? 0,
      })),
    ];
  });
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

/** Another one for each request, so that a request can be found among the server's. */
function promptOf(index: number): string {
  return `judged request ${index}`;
}

function runWords(context: BenchContext, plan: JudgedPlan, url: string, folder: string): string[] {
  const { engine, parallel, msPerToken, lockstep } = plan;
  const requestMs = TTFT_MS + msPerToken * (lockstep ? TOKENS : MEAN_TOKENS);
  const number = parallel * Math.max(2, Math.round((SECONDS * 1000) / requestMs));
  const dataset = join(folder, 'prompts.jsonl');
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
    '--max-tokens': MOST_TOKENS,
  };
  const words = Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]);
  return [process.execPath, built(context).cli, 'run', ...words, '--no-timestamp', '--no-test-connection', '--quiet'];
}
