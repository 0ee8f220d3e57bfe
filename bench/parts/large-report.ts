import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatLine } from '../../lib/records/record-line.ts';
import { createRandom } from '../../lib/shared/random.ts';
import { roundToMicroseconds as rounded } from '../../lib/shared/units.ts';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import { built, type Part } from '../support/context.ts';
import { makeReport } from './report-step.ts';

const MEMORY_AIM_MB = 600;
const TIME_AIM_S = 60;
const CHUNKS = 128;
/** Streams under way, each of which sends its next request when the last one has ended. */
const STREAMS = 64;
const LINES_AT_ONCE = 2000;

/** The report of a long run: 1,000,000 records of 128 chunks, with --quick a tenth. */
export const measureLargeReport: Part = async (context) => {
  const records = context.quick ? 100_000 : 1_000_000;
  context.say(`report of ${records} records`);
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-bench-'));
  try {
    const path = join(folder, 'records.jsonl');
    writeRecords(path, records);
    const sizeMb = statSync(path).size / 1e6;
    const { wall_ms, rss_mb } = await makeReport(built(context).cli, path, folder);
    const reached = rss_mb <= MEMORY_AIM_MB && wall_ms <= TIME_AIM_S * 1000;
    const aim = { text: `at most ${MEMORY_AIM_MB} MB and ${TIME_AIM_S} s`, reached };
    return [
      {
        part: 'report of a long run',
        name: `k6-llm-perf report of ${records} records of ${CHUNKS} chunks`,
        value: `${(wall_ms / 1000).toFixed(1)} s, ${rss_mb.toFixed(0)} MB`,
        detail: `${sizeMb.toFixed(0)} MB of records.jsonl; with intervals, JSON files, database and HTML; peak of resident memory`,
        ...(context.quick ? {} : { aim }),
        values: { records, size_mb: sizeMb, wall_ms, peak_rss_mb: rss_mb },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Lines as a run writes them, with gaps around 20 ms of which one in a hundred is a stall. */
function writeRecords(path: string, records: number): void {
  const random = createRandom(12_345);
  const free = new Float64Array(STREAMS);
  const file = openSync(path, 'w');
  let lines: string[] = [];
  for (let index = 0; index < records; index++) {
    const stream = free.indexOf(free.reduce((least, time) => Math.min(least, time)));
    const gaps = Array.from({ length: CHUNKS - 1 }, () =>
      rounded(random.next() < 0.01 ? 60 + 60 * random.next() : Math.max(0.002, 20 + 1.5 * random.normal())),
    );
    const ttft_ms = rounded(50 - 10 * Math.log(1 - random.next()));
    const last_output_ms = rounded(gaps.reduce((sum, gap) => sum + gap, ttft_ms));
    const start_ms = free[stream] as number;
    const end_ms = rounded(start_ms + last_output_ms + 0.3);
    free[stream] = end_ms + 1;
    const times = { start_ms, end_ms, ttft_ms, last_output_ms, latency_ms: rounded(last_output_ms + 0.1) };
    const firsts = { first_event_ms: ttft_ms, first_choices_ms: ttft_ms, first_output_ms: ttft_ms };
    const counts = { chunks: CHUNKS, output_tokens: CHUNKS, input_tokens: random.integer(20, 60), reasoning_chunks: 0 };
    const facts = { index, run_id: 'bench', started_at: new Date(Date.UTC(2026, 2, 1) + start_ms).toISOString() };
    const tpot_ms = rounded((last_output_ms - ttft_ms) / (CHUNKS - 1));
    const record = exampleRecord({
      ...facts,
      ...times,
      ...firsts,
      ...counts,
      tpot_ms,
      first_content_ms: ttft_ms,
      chunk_gaps_ms: gaps,
      client_lag_ms: rounded(random.next()),
    });
    lines.push(`${formatLine('record', record)}\n`);
    if (lines.length < LINES_AT_ONCE && index < records - 1) continue;
    writeSync(file, lines.join(''));
    lines = [];
  }
  closeSync(file);
}
