import { createRandom, type Random } from '../lib/shared/random.ts';
import { testDrift } from '../lib/stats/drift-test.ts';

// Prints how often the tests for drift are wrong on series that stay where they are, and how often they find a change. The
// argument: series a cell.
const TRIALS = Number(process.argv[2] ?? 200);
const LENGTHS = (process.argv[3] ?? '600,1000,5000').split(',').map(Number);

/** So many times in a row. */
type Source = (count: number, random: Random) => number[];

function autoregressive(share: number, spread: number): Source {
  return (count, random) => {
    let state = random.normal();
    return Array.from({ length: count }, () => {
      state = share * state + Math.sqrt(1 - share ** 2) * random.normal();
      return Math.exp(spread * state);
    });
  };
}

/** Waits and a fifth of the service times in front of servers, from a queue that has settled: first come, first served. */
function queue(load: number, servers: number): Source {
  return (count, random) => {
    const free = new Array<number>(servers).fill(0);
    const times: number[] = [];
    const settled = count + 2000;
    let now = 0;
    for (let i = 0; i < count + settled; i++) {
      now += -Math.log(1 - random.next()) / (load * servers);
      const server = free.indexOf(Math.min(...free));
      const start = Math.max(now, free[server] as number);
      const service = Math.exp(0.5 * random.normal() - 0.125);
      free[server] = start + service;
      if (i >= settled) times.push(start - now + 0.2 * service);
    }
    return times;
  };
}

const SOURCES: readonly (readonly [string, Source])[] = [
  ['independent, spread 0.5', autoregressive(0, 0.5)],
  ['independent, spread 1', autoregressive(0, 1)],
  ['autoregressive, 0.5', autoregressive(0.5, 0.5)],
  ['autoregressive, 0.8', autoregressive(0.8, 0.5)],
  ['autoregressive, 0.95', autoregressive(0.95, 0.5)],
  ['queue, 1 server busy 50 %', queue(0.5, 1)],
  ['queue, 1 server busy 80 %', queue(0.8, 1)],
  ['queue, 1 server busy 90 %', queue(0.9, 1)],
  ['queue, 16 servers busy 90 %', queue(0.9, 16)],
  ['queue, 16 servers busy 95 %', queue(0.95, 16)],
];
/** What a time is multiplied by, by its place in the series from 0 to 1. */
const CHANGES: readonly (readonly [string, (place: number) => number])[] = [
  ['none', () => 1],
  ['trend to 1.5', (place) => 1 + 0.5 * place],
  ['trend to 2', (place) => 1 + place],
  ['shift to 1.5', (place) => (place < 0.6 ? 1 : 1.5)],
  ['shift to 2', (place) => (place < 0.6 ? 1 : 2)],
];

const found = new Map<string, string>();
for (const [name, source] of SOURCES) {
  for (const length of LENGTHS) {
    const all = Array.from({ length: TRIALS }, (_, trial) => source(length, createRandom(1 + trial * 10_000 + length)));
    for (const [change, factor] of CHANGES) {
      const count = all.filter((times) => testDrift(times.map((time, i) => time * factor(i / length))).found).length;
      found.set(`${name} ${change}, ${length}`, `${((100 * count) / TRIALS).toFixed(1)} %`);
    }
  }
}

for (const changes of [CHANGES.slice(0, 1), CHANGES.slice(1)]) {
  const columns = changes.flatMap(([change]) => LENGTHS.map((length) => `${change}, ${length}`));
  console.log(`| Times | ${columns.join(' | ')} |\n|---|${columns.map(() => '---:').join('|')}|`);
  for (const [name] of SOURCES)
    console.log(`| ${name} | ${columns.map((at) => found.get(`${name} ${at}`)).join(' | ')} |`);
  console.log('');
}
