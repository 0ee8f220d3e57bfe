// What single operations of a script cost k6, each in a loop of its own: `k6 run --quiet bench/k6/k6-operations.ts`.
// Prints the microseconds of one, in the fastest of five rounds.
import { computeFluidity } from '../../lib/metrics/fluidity.ts';
import { highest } from '../../lib/shared/extremes.ts';
import { findNearestName } from '../../lib/shared/nearest-name.ts';

const GAPS = Array.from({ length: 128 }, (_, i) => 20 + (i % 7));
const HEAD =
  '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1767225600,"model":"m","choices":[{"index":0,"delta":{"content":"';
const TAIL = '"},"logprobs":null,"finish_reason":null}]}';
const CHUNK = `${HEAD} token${TAIL}`;
const LINE = JSON.stringify({ index: 1, text: 'x'.repeat(600), chunk_gaps_ms: GAPS, outcome: 'completed' });
/** As many as there are settings. */
const NAMES = Array.from({ length: 180 }, (_, i) => `SOME_SETTING_${i}`);

let kept = 0;

function keep(value: number): void {
  kept += value;
}

/** What is timed, and how often it runs in a round. */
const OPERATIONS: readonly (readonly [name: string, times: number, run: () => void])[] = [
  ['a call of a function, with an addition', 200_000, () => keep(1)],
  ['JSON.parse of a chunk', 5000, () => keep(JSON.parse(CHUNK).choices.length)],
  ['its head and tail compared', 50_000, () => keep(CHUNK.startsWith(HEAD) && CHUNK.endsWith(TAIL) ? 1 : 0)],
  ['JSON.parse of a record of 128 chunks', 1000, () => keep(JSON.parse(LINE).index)],
  ['128 gaps, the largest of them by Math.max', 20_000, () => keep(highest(GAPS))],
  ['128 gaps, the largest of them by a loop', 2000, () => keep(largestByLoop(GAPS))],
  ['128 gaps, computeFluidity with a pause', 1000, () => keep(computeFluidity(GAPS, 25, null) ?? 0)],
  [
    'a name of the environment, the nearest of 180',
    20,
    () => keep(findNearestName('SOME_SETING_X', NAMES)?.length ?? 0),
  ],
];

function largestByLoop(gaps: readonly number[]): number {
  let most = 0;
  for (let i = 0; i < gaps.length; i++) {
    const gap = gaps[i] as number;
    if (gap > most) most = gap;
  }
  return most;
}

export default function (): void {
  for (const [name, times, run] of OPERATIONS) {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round++) {
      const begin = Date.now();
      for (let i = 0; i < times; i++) run();
      best = Math.min(best, ((Date.now() - begin) * 1000) / times);
    }
    console.log(`${best.toFixed(2)} us  ${name}`);
  }
  if (kept === 0) throw new Error('nothing was run');
}
