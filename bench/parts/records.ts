import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd, type Server, startServer } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part } from '../support/context.ts';
import { formatRatio, measurePairs, median, summarizeRatios } from '../support/pairs.ts';

const VUS = 4;
const TOKENS = 128;
const AIMS = { cpu: 1.2, recordBytes: 1500, followedRatio: 0.05 };
const RECORDS_PER_S = 2000;

/** What writing the records, following them and drawing the live line cost at full speed, and how fast that leaves a run. */
export const measureRecords: Part = async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-bench-'));
  const source = await startServer(built(context).script('source'), ['blast', TOKENS]);
  const load: Load = { context, source, folder, requests: context.quick ? 600 : 3000 };
  try {
    const record = readRecordLines(await runCommandLine(load, 'node'))[0] as string;
    return [
      ...(context.k6Path === null ? [] : [await compareCpu(load, context.k6Path), await compareEngines(load)]),
      describeSize(record),
      await measureFollower(load, record),
    ];
  } finally {
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

interface Load {
  readonly context: BenchContext;
  readonly source: Server;
  readonly folder: string;
  readonly requests: number;
}

interface CommandRun {
  /** Of the command and its children. */
  readonly cpuMs: number;
  /** Of the command alone. */
  readonly ownCpuMs: number;
  readonly recordsPath: string;
}

let runs = 0;

/** The command line up to the start of the report. */
async function runCommandLine({ context, source, folder, requests }: Load, engine: 'k6' | 'node'): Promise<CommandRun> {
  const place = join(folder, `run-${runs++}`);
  mkdirSync(place);
  const flags = ['--url', `${source.url}/v1`, '--model', 'bench', '--engine', engine, '--no-test-connection'];
  const amount = ['--number', String(requests), '--parallel', String(VUS)];
  const { cpuMs, stdout } = await runToEnd([
    ...[process.execPath, built(context).script('run-load'), place, ...flags, ...amount],
  ]);
  const { cpu_ms, file } = JSON.parse(stdout) as { cpu_ms: number; file: string };
  return { cpuMs, ownCpuMs: cpu_ms, recordsPath: join(place, file) };
}

function readRecordLines({ recordsPath }: CommandRun): string[] {
  return readFileSync(recordsPath, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"llm_perf":"record"'));
}

/** From the first start to the last end, as a report has it; the records go, too. */
function tokensPerS(run: CommandRun): number {
  const records = readRecordLines(run).map((line) => JSON.parse(line) as { start_ms: number; end_ms: number });
  rmSync(run.recordsPath);
  const first = Math.min(...records.map(({ start_ms }) => start_ms));
  const last = Math.max(...records.map(({ end_ms }) => end_ms));
  return (records.length * TOKENS * 1000) / (last - first);
}

async function compareCpu(load: Load, k6Path: string): Promise<Figure> {
  const { context, source, requests } = load;
  context.say(`CPU of ${requests} answers through the command line, against k6 run with RECORDS=off`);
  const bare = () =>
    runToEnd([k6Path, 'run', '--quiet', '--log-format', 'raw', built(context).bundle], {
      URL: `${source.url}/v1/chat/completions`,
      MODEL: 'bench',
      NUMBER: String(requests),
      PARALLEL: String(VUS),
      NO_TEST_CONNECTION: 'true',
      RECORDS: 'off',
    });
  const all = await measurePairs(context.pairs, bare, () => runCommandLine(load, 'k6'));
  const ratio = summarizeRatios(all.map(([a, b]) => b.cpuMs / a.cpuMs));
  const [bareMs, throughMs, ownMs] = [
    median(all.map(([a]) => a.cpuMs)),
    median(all.map(([, b]) => b.cpuMs)),
    median(all.map(([, b]) => b.ownCpuMs)),
  ];
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  return {
    part: 'records',
    name: `k6, ${VUS} VUs at full speed: CPU through the command line over k6 run with RECORDS=off`,
    value: formatRatio(ratio),
    detail: `${seconds(throughMs)} s, ${seconds(ownMs)} of it the command itself, against ${seconds(bareMs)} s`,
    aim: { text: `at most ${AIMS.cpu}`, reached: ratio.median <= AIMS.cpu },
    values: { ratio, bare_cpu_ms: bareMs, cpu_ms: throughMs, own_cpu_ms: ownMs },
  };
}

async function compareEngines(load: Load): Promise<Figure> {
  load.context.say('full speed through the command line: k6 against Node');
  const all = await measurePairs(
    load.context.pairs,
    async () => tokensPerS(await runCommandLine(load, 'node')),
    async () => tokensPerS(await runCommandLine(load, 'k6')),
  );
  const ratio = summarizeRatios(all.map(([a, b]) => b / a));
  const [node, k6] = [0, 1].map((i) => Math.round(median(all.map((pair) => pair[i] as number))));
  return {
    part: 'records',
    name: `full speed through the command line, ${VUS} VUs: k6 over the Node engine`,
    value: formatRatio(ratio),
    detail: `${k6} against ${node} tokens/s`,
    aim: { text: 'over 1', reached: ratio.median > 1 },
    values: { ratio, k6_tokens_per_s: k6, node_tokens_per_s: node },
  };
}

function describeSize(record: string): Figure {
  const bytes = Buffer.byteLength(record) + 1;
  return {
    part: 'records',
    name: `bytes of a record of ${TOKENS} chunks`,
    value: String(bytes),
    detail: 'one line of records.jsonl',
    aim: { text: `at most ${AIMS.recordBytes}`, reached: bytes <= AIMS.recordBytes },
    values: { bytes },
  };
}

/** Writes records at a rate while another process follows them. */
async function measureFollower({ context, folder }: Load, record: string): Promise<Figure> {
  const seconds = context.quick ? 3 : 10;
  context.say(`following ${RECORDS_PER_S} records/s`);
  const path = join(folder, 'followed.jsonl');
  const follower = spawn(process.execPath, [built(context).script('follow-records'), path, String(seconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  follower.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  await once(follower.stdout, 'data');
  const tenth = `${record}\n`.repeat(RECORDS_PER_S / 10);
  const writer = setInterval(() => appendFileSync(path, tenth), 100);
  await once(follower, 'close');
  clearInterval(writer);
  const { cpu_ratio: ratio } = JSON.parse(said.trim().split('\n').at(-1) ?? '') as { cpu_ratio: number };
  return {
    part: 'records',
    name: `following ${RECORDS_PER_S} records/s: share of a core`,
    value: `${(ratio * 100).toFixed(1)} %`,
    detail: `for ${seconds} s, the live line of a terminal drawn`,
    aim: { text: `under ${AIMS.followedRatio * 100} %`, reached: ratio < AIMS.followedRatio },
    values: { cpu_ratio: ratio },
  };
}
