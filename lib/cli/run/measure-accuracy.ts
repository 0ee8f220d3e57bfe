import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMockTruth } from '../../calibrate/mock-truth.ts';
import { compareWithTruth, type RequestTruth, type TruthErrors } from '../../calibrate/truth-errors.ts';
import { PARAMETERS } from '../../config/parameters.ts';
import { runBundle } from '../../engine/index.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import { readRecords } from '../../records/node-record-reader.ts';
import { CommandError } from '../support/output.ts';
import { bundlePath } from '../support/package-paths.ts';
import { type MockProcess, startMockProcess } from './mock-process.ts';
import { runInK6 } from './run-in-k6.ts';

/** A load whose truth is known. */
export interface AccuracyPlan {
  readonly parallel: number;
  /** Pace of each stream. */
  readonly tokensPerS: number;
  /** Measured ones; as many as there are streams go before them. */
  readonly requests: number;
  /** null: the Node engine. */
  readonly k6Path: string | null;
  readonly cwd: string;
}

/** Settings of the shell change no calibration; an empty one counts as not given. */
const NO_SETTINGS = Object.fromEntries(PARAMETERS.map(({ env }) => [env, '']));

/**
 * TTFT, gaps and lengths vary, as a real server's do: streams in step would end and begin together, and what a server needs
 * for many connections at once would count as an error of the client.
 */
const TTFT_MS = 200;
const TTFT_SPREAD = 0.3;
const TPOT_SPREAD = 0.1;
/** The mock draws lengths between 16 and 256 tokens. */
const DRAWN_LENGTHS = 'off';

/**
 * Runs the engine as a run does, records written, against a mock at the given load, and compares.
 *
 * @throws {CommandError} when the run did not come to its end
 */
export async function measureAccuracy(plan: AccuracyPlan): Promise<TruthErrors> {
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-calibrate-'));
  const mock = await startMockProcess(mockFlags(plan));
  try {
    const records = join(folder, 'records.jsonl');
    await runLoad(plan, mock, folder, records);
    const measured: RequestRecord[] = [];
    await readRecords([records], (record) => {
      if (record.warmup !== true && record.probe !== true) measured.push(record);
    });
    if (measured.length !== plan.requests) {
      throw new CommandError(`${measured.length} of ${plan.requests} requests were measured`, 107);
    }
    const truth = readMockTruth(await fetchTimings(mock));
    return compareWithTruth(measured, ({ index }) => truth.get(promptOf(index)) as RequestTruth);
  } finally {
    mock.child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}

function mockFlags({ tokensPerS }: AccuracyPlan): string[] {
  const flags = {
    '--port': 0,
    '--keep-messages': 'on',
    // The mock's times are known whatever they are, and a core that it keeps busy is one less for the client.
    '--spin': 'off',
    '--ttft-ms': TTFT_MS,
    '--ttft-spread': TTFT_SPREAD,
    '--tpot-ms': 1000 / tokensPerS,
    '--tpot-spread': TPOT_SPREAD,
    '--output-tokens': DRAWN_LENGTHS,
  };
  return Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]);
}

/** Another one for each request, so that a request can be found among the server's. */
function promptOf(index: number): string {
  return `calibration request ${index}`;
}

async function runLoad(plan: AccuracyPlan, { url }: MockProcess, folder: string, records: string): Promise<void> {
  const dataset = join(folder, 'prompts.jsonl');
  const all = plan.parallel + plan.requests;
  const questions = Array.from({ length: all }, (_, index) => JSON.stringify({ question: promptOf(index) }));
  writeFileSync(dataset, questions.join('\n'));
  const summaryFile = join(folder, 'summary.json');
  const run = {
    bundlePath: bundlePath('openqa'),
    env: {
      ...NO_SETTINGS,
      MODEL: 'calibration',
      URL: url,
      DATASET: 'openqa',
      DATASET_PATH: dataset,
      NUMBER: String(plan.requests),
      PARALLEL: String(plan.parallel),
      // The first requests come all at once, to a client and a server that have not run yet.
      WARMUP_NUM: String(plan.parallel),
      STREAM: 'true',
      NO_TEST_CONNECTION: 'true',
      LOG_EVERY_N_QUERY: '0',
      LLM_PERF_SUMMARY_FILE: summaryFile,
    },
    consoleOutput: records,
    cwd: plan.cwd,
  };
  let said = '';
  const onStderr = (piece: string): void => {
    said += piece;
  };
  const quiet = { write: onStderr };
  const { exitCode } =
    plan.k6Path === null
      ? await runBundle({ ...run, stdout: quiet, stderr: quiet })
      : await runInK6({ ...run, k6Path: plan.k6Path, extraArguments: [], onStderr });
  if (exitCode !== 0) throw new CommandError(`the run ended with exit code ${exitCode}\n${said}`, 107);
}

async function fetchTimings({ url }: MockProcess): Promise<unknown> {
  return (await fetch(new URL('/__timings', url))).json();
}
