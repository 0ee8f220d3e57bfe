import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SummaryFile } from '../../lib/report/json/summary-json.ts';
import { runToEnd, type Server, startServer } from '../support/child.ts';
import { type BenchContext, built, type Part } from '../support/context.ts';

const SEGMENTS = 8;
const STREAMS = 32;
const REQUESTS = 1600;
/** Times that differ from request to request, and the same number of tokens for every one. */
const MOCK_FLAGS = [
  ...['--spin', 'off', '--ttft-ms', 50, '--tpot-ms', 10, '--output-tokens', 64],
  ...['--ttft-spread', 0.3, '--tpot-spread', 0.2],
];
const TOTALS = [
  ...(['total_requests', 'completed_requests', 'failed_requests', 'cancelled_requests'] as const),
  ...(['input_tokens_total', 'output_tokens_total', 'itl_count', 'chunks_avg', 'expected_requests'] as const),
];

/**
 * One run in eight processes of k6, each with an eighth of it, against the same in one: all totals are to be equal, and the
 * intervals of all percentiles and means are to meet.
 */
export const measureSegments: Part = async (context) => {
  if (context.k6Path === null) return [];
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-segments-'));
  const server = await startServer(built(context).script('mock'), MOCK_FLAGS);
  try {
    context.say('the run in one process');
    const whole = await report(context, folder, 'whole', [await runK6(context, server, folder, 'whole', [])]);
    context.say(`the run in ${SEGMENTS} processes`);
    const ends = Array.from({ length: SEGMENTS + 1 }, (_, i) =>
      i === 0 || i === SEGMENTS ? `${i / SEGMENTS}` : `${i}/${SEGMENTS}`,
    );
    const files = await Promise.all(
      ends.slice(1).map((end, i) => {
        const words = ['--execution-segment', `${ends[i]}:${end}`, '--execution-segment-sequence', ends.join()];
        return runK6(context, server, folder, `segment-${i}`, words);
      }),
    );
    const merged = await report(context, folder, 'merged', files);
    const unequal = TOTALS.filter((name) => merged.summary[name] !== whole.summary[name]);
    const pairs = listPairs(whole, merged);
    const apart = pairs.filter(({ meet }) => !meet).map(({ name }) => name);
    return [
      {
        part: 'segments',
        name: `k6, ${REQUESTS} requests in ${SEGMENTS} processes against one: totals that differ / numbers whose intervals do not meet`,
        value: `${unequal.length} of ${TOTALS.length} / ${apart.length} of ${pairs.length}`,
        detail: `${[...unequal, ...apart].join(', ') || 'none'}; segments read: ${merged.segments.length}; TTFT ${merged.summary.ttft_avg_ms?.toFixed(1)} and ${whole.summary.ttft_avg_ms?.toFixed(1)} ms`,
        aim: {
          text: 'no total, at most one number in twenty',
          reached: unequal.length === 0 && apart.length * 20 <= pairs.length,
        },
        values: { unequal, apart, pairs, merged: merged.summary, whole: whole.summary },
      },
    ];
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** @returns the file with its records */
async function runK6(
  context: BenchContext,
  server: Server,
  folder: string,
  name: string,
  words: readonly string[],
): Promise<string> {
  const path = join(folder, `${name}.jsonl`);
  const command = [
    context.k6Path as string,
    'run',
    '--quiet',
    '--address',
    'localhost:0',
    ...words,
    built(context).bundle,
  ];
  await runToEnd(command, {
    URL: `${server.url}/v1/chat/completions`,
    MODEL: 'bench',
    NUMBER: String(context.quick ? REQUESTS / 4 : REQUESTS),
    PARALLEL: String(STREAMS),
    NO_TEST_CONNECTION: 'true',
    RUN_ID: words.length === 0 ? 'whole' : 'merged',
    K6_CONSOLE_OUTPUT: path,
    K6_LOG_FORMAT: 'raw',
    OUTPUTS_DIR: join(folder, `engine-${name}`),
  });
  return path;
}

async function report(
  context: BenchContext,
  folder: string,
  name: string,
  files: readonly string[],
): Promise<SummaryFile> {
  const flags = ['--outputs-dir', folder, '--name', name, '--no-timestamp'];
  await runToEnd([process.execPath, built(context).cli, 'report', ...files, ...flags]);
  return JSON.parse(readFileSync(join(folder, name, 'summary.json'), 'utf8')) as SummaryFile;
}

interface Pair {
  readonly name: string;
  readonly meet: boolean;
}

/** Each statistic that has an interval in both. */
function listPairs(one: SummaryFile, other: SummaryFile): Pair[] {
  const timings = (file: SummaryFile): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
    (file.intervals?.timings ?? {}) as never;
  return Object.entries(timings(one)).flatMap(([metric, statistics]) =>
    Object.entries(statistics).flatMap(([statistic, a]) => {
      const b = timings(other)[metric]?.[statistic];
      if (!isInterval(a) || !isInterval(b)) return [];
      return [{ name: `${metric} ${statistic}`, meet: a.low <= b.high && b.low <= a.high }];
    }),
  );
}

function isInterval(value: unknown): value is { readonly low: number; readonly high: number } {
  return typeof value === 'object' && value !== null && 'low' in value && typeof value.low === 'number';
}
