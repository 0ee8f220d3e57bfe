import { closeSync, openSync, writeSync } from 'node:fs';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';

/** Output tokens of a request, which is what the quick start's answers have. */
const CHUNKS = 232;
const TAGS =
  '{"api":"openai-chat","dataset":"openqa","group":"","model":"qwen2.5","name":"completion","scenario":"openqa"';
const DONE_TAGS = `${TAGS},"outcome":"completed","status":"200"}`;

/**
 * Writes samples as k6's `--out json` does for a run of a bundle, requests in turn until the file has its size, and,
 * apart, their record lines alone.
 */
export function generateSamples(samplesPath: string, recordLinesPath: string, sizeMb: number): void {
  const [samples, records] = [openSync(samplesPath, 'w'), openSync(recordLinesPath, 'w')];
  for (let index = 0, written = 0; written < sizeMb * 1e6; index++) {
    const { others, record } = requestLines(index);
    written += writeSync(samples, `${others}${record}`);
    writeSync(records, record);
  }
  closeSync(samples);
  closeSync(records);
}

function requestLines(index: number): { readonly others: string; readonly record: string } {
  const gaps = Array.from({ length: CHUNKS - 1 }, (_, i) => Math.round(20_000 + 3000 * Math.sin(index * 7 + i)) / 1000);
  const time = new Date(Date.UTC(2026, 2, 1) + index * 50).toISOString().replace('Z', '123456Z');
  const point = (metric: string, value: number, tags: string, extra = ''): string =>
    `{"metric":"${metric}","type":"Point","data":{"time":"${time}","value":${value},"tags":${tags}${extra}}}\n`;
  const events = point('sse_event', 1, `${TAGS},"status":"200"}`).repeat(CHUNKS + 4);
  const itl = gaps.map((gap) => point('llm_itl', gap, DONE_TAGS)).join('');
  const others = ['llm_ttft', 'llm_tpot', 'llm_latency', 'http_reqs', 'http_req_duration', 'iterations', 'data_sent'];
  const record = JSON.stringify(
    exampleRecord({
      index,
      start_ms: index * 50,
      end_ms: index * 50 + 4700,
      latency_ms: 4660,
      chunk_gaps_ms: gaps,
      chunks: CHUNKS,
      output_tokens: CHUNKS,
    }),
  );
  return {
    others:
      events +
      itl +
      others.map((metric) => point(metric, 4660.123, DONE_TAGS)).join('') +
      point('llm_requests_sent', 1, `${TAGS}}`),
    record: point('llm_requests', 1, DONE_TAGS, `,"metadata":{"record":${JSON.stringify(record)}}`),
  };
}
