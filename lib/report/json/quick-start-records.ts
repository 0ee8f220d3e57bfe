import { exampleRecord } from '../../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../../measure/request-record.ts';

/**
 * Fifteen requests made so that our formulas print the quick start's tables: input tokens, output tokens, TTFT in ms, and
 * latency in ms, written as tokens over tokens per millisecond where the sample shows the throughput of that request.
 *
 * The sample shows the 2nd, 4th, 8th, 10th and 12th to 15th smallest value of each column (`int(15 * p / 100)` counts from
 * 0); the others are free but for the averages: 752 / 15 = 50.133 input tokens, 3480 / 15 = 232.0 output tokens,
 * 435.2 / 15 = 29.0 ms TTFT, 10435.8 / 15 = 695.7 ms latency.
 */
const REQUESTS: readonly (readonly [number, number, number, number])[] = [
  [40, 32, 43.8, 121.9],
  [41, 50, 25, 50 / 0.2708324],
  [43, 54, 43.7, 193.8],
  [44, 83, 20.5, 83 / 0.2900714],
  [47, 91, 43.9, 291.3],
  [48, 217, 46.3, 676.6],
  [49, 234, 23.3, 687.1],
  [49, 250, 19.9, 250 / 0.3427985],
  [50, 291, 22, 291 / 0.3455268],
  [50, 308, 20.9, 308 / 0.3402603],
  [52, 314, 26.7, 314 / 0.341947],
  [53, 325, 35, 325 / 0.335644],
  [58, 376, 21.2, 376 / 0.3481648],
  [62, 424, 22.8, 1247.4],
  [66, 431, 20.2, 1303.8],
];

/** 3480 tokens / 10.73878 s = 324.059 tokens/s, 15 / 10.73878 s = 1.397 requests/s. */
const TIME_TAKEN_MS = 10_738.78;

/** The records of one client that sends them one after the other, with even pauses that fill the time taken. */
export function quickStartRecords(): RequestRecord[] {
  const busy = REQUESTS.reduce((sum, [, , , latency]) => sum + latency, 0);
  const pause = (TIME_TAKEN_MS - busy) / (REQUESTS.length - 1);
  let start = 0;
  return REQUESTS.map(([inputTokens, outputTokens, ttft, latency], index) => {
    const perToken = (latency - ttft) / (outputTokens - 1);
    const record = exampleRecord({
      index,
      start_ms: start,
      end_ms: start + latency,
      ttft_ms: ttft,
      first_output_ms: ttft,
      latency_ms: latency,
      chunk_gaps_ms: Array.from({ length: outputTokens - 1 }, () => perToken),
      chunks: outputTokens,
      tpot_ms: perToken,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
    });
    start += latency + pause;
    return record;
  });
}
