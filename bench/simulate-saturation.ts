import { createGaps } from '../lib/load/arrival-gaps.ts';
import { createRandom, type Random } from '../lib/shared/random.ts';
import { type EndedRequest, isOverSaturated } from '../lib/stats/over-saturation.ts';

// Prints how often the rule for over-saturation is wrong on loads that a service keeps up with, and how often it finds one
// of 120 % and 150 % of the capacity. The arguments: runs a cell, the first seed, and how long a load that it keeps up with
// is looked at, in seconds. The rule's numbers were chosen on seeds from 100001 on.
const TRIALS = Number(process.argv[2] ?? 200);
const FIRST_SEED = Number(process.argv[3] ?? 1);
const STATIONARY = [0.5, 0.8, 0.9, 0.95];
const STATIONARY_S = Number(process.argv[4] ?? 120);

interface Request extends EndedRequest {
  readonly dueMs: number;
}

interface Service {
  readonly name: string;
  /** What it can do, requests per second. */
  readonly perS: number;
  /** Of arrivals by gamma gaps; absent: 1, Poisson. */
  readonly burstiness?: number;
  /** Requests of a run of so many seconds at a share of that. */
  readonly serve: (share: number, seconds: number, random: Random, burstiness: number) => Request[];
}

/** So many requests at a time, and a queue before them: first come, first served. Times are log-normal. */
function slots(count: number, meanS: number, spread: number): Service['serve'] {
  return (share, seconds, random, burstiness) => {
    const free = new Array<number>(count).fill(0);
    return arrivals((share * count) / meanS, seconds, random, burstiness).map((due) => {
      const slot = free.indexOf(Math.min(...free));
      const start = Math.max(due, free[slot] as number);
      const time = drawTime(meanS, spread, random);
      free[slot] = start + time;
      const ttft = start - due + Math.min(time, 0.1 * meanS * Math.exp(0.3 * random.normal()));
      return { dueMs: 1000 * due, endMs: 1000 * (start + time), ttftMs: 1000 * ttft };
    });
  };
}

/** All requests at once, each slower with every one above so many: a batch that grows. The first token takes a tenth. */
function batch(count: number, meanS: number, spread: number): Service['serve'] {
  return (share, seconds, random, burstiness) => {
    const due = arrivals((share * count) / meanS, seconds, random, burstiness);
    const active: { due: number; left: number; prefill: number; ttft: number }[] = [];
    const ended: Request[] = [];
    let next = 0;
    const step = 0.02;
    for (let now = 0; now < seconds; now += step) {
      for (; (due[next] ?? Number.POSITIVE_INFINITY) <= now; next++) {
        const left = drawTime(meanS, spread, random);
        active.push({ due: due[next] as number, left, prefill: Math.min(left, 0.1 * meanS), ttft: 0 });
      }
      const done = step * Math.min(1, count / active.length);
      for (let i = active.length - 1; i >= 0; i--) {
        const request = active[i] as (typeof active)[number];
        request.left -= done;
        request.prefill -= done;
        if (request.ttft === 0 && request.prefill <= 0) request.ttft = now + step - request.due;
        if (request.left > 0) continue;
        active.splice(i, 1);
        ended.push({ dueMs: 1000 * request.due, endMs: 1000 * (now + step), ttftMs: 1000 * request.ttft });
      }
    }
    const waiting = active.map((request) => ({
      dueMs: 1000 * request.due,
      endMs: Number.POSITIVE_INFINITY,
      ttftMs: null,
    }));
    return [...ended, ...waiting];
  };
}

function arrivals(perSecond: number, seconds: number, random: Random, burstiness: number): number[] {
  const times: number[] = [];
  const gap = createGaps('gamma', burstiness, random);
  for (let at = gap(); at < seconds * perSecond; at += gap()) times.push(at / perSecond);
  return times;
}

function drawTime(mean: number, spread: number, random: Random): number {
  return mean * Math.exp(spread * random.normal() - spread ** 2 / 2);
}

const SERVICES: readonly Service[] = [
  { name: '16 slots of 4 s (4/s)', perS: 4, serve: slots(16, 4, 0.5) },
  { name: '8 slots of 0.5 s (16/s)', perS: 16, serve: slots(8, 0.5, 0.5) },
  { name: '64 slots of 4 s (16/s)', perS: 16, serve: slots(64, 4, 0.5) },
  { name: '20 slots of 2 s, uneven (10/s)', perS: 10, serve: slots(20, 2, 0.8) },
  { name: '256 slots of 8 s (32/s)', perS: 32, serve: slots(256, 8, 0.3) },
  { name: 'a batch of 20, 2 s (10/s)', perS: 10, serve: batch(20, 2, 0.5) },
  { name: '1 slot of 0.2 s (5/s)', perS: 5, serve: slots(1, 0.2, 0.5) },
  { name: '16 slots of 4 s (4/s), even gaps', perS: 4, burstiness: Number.POSITIVE_INFINITY, serve: slots(16, 4, 0.5) },
  { name: 'a batch of 20, 2 s (10/s), burstiness 0.5', perS: 10, burstiness: 0.5, serve: batch(20, 2, 0.5) },
  { name: 'a batch of 20, 2 s (10/s), burstiness 0.2', perS: 10, burstiness: 0.2, serve: batch(20, 2, 0.5) },
  { name: '16 slots of 4 s (4/s), burstiness 0.2', perS: 4, burstiness: 0.2, serve: slots(16, 4, 0.5) },
  { name: '20 slots of 2 s (10/s), burstiness 0.2', perS: 10, burstiness: 0.2, serve: slots(20, 2, 0.5) },
];

/** When the rule first said so, looking every 5 s, as the sweep does; Infinity: never. */
function findSecond(requests: readonly Request[], perS: number, seconds: number): number {
  const due = requests.map(({ dueMs }) => dueMs).sort((a, b) => a - b);
  const byEnd = requests.toSorted((a, b) => a.endMs - b.endMs);
  for (let second = 5; second <= seconds; second += 5) {
    const ended = byEnd.filter(({ endMs }) => endMs <= 1000 * second);
    if (isOverSaturated({ due, perS, ended, nowMs: 1000 * second })) return second;
  }
  return Number.POSITIVE_INFINITY;
}

const percent = (count: number): string => `${((100 * count) / TRIALS).toFixed(1)} %`;
console.log(
  `| Service | ${STATIONARY.map((share) => `at ${100 * share} %`).join(' | ')} | 120 % in 60 s | 120 % in 120 s | 150 % in 60 s |`,
);
console.log('|---|---:|---:|---:|---:|---:|---:|---:|');
for (const { name, perS, serve, burstiness = 1 } of SERVICES) {
  const seconds = (share: number, length: number): number[] =>
    Array.from({ length: TRIALS }, (_, trial) =>
      findSecond(serve(share, length, createRandom(FIRST_SEED + trial), burstiness), share * perS, length),
    );
  const within = (found: readonly number[], limit: number): string =>
    percent(found.filter((second) => second <= limit).length);
  const wrong = STATIONARY.map((share) => within(seconds(share, STATIONARY_S), STATIONARY_S));
  const over = seconds(1.2, 120);
  console.log(
    `| ${name} | ${wrong.join(' | ')} | ${within(over, 60)} | ${within(over, 120)} | ${within(seconds(1.5, 60), 60)} |`,
  );
}
