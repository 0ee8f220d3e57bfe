import type { Random } from '../lib/shared/random.ts';
import { createRunDataBuilder, type RunData } from '../lib/stats/run-data.ts';
import { exampleRecord } from '../tests/fixtures/example-record.ts';

/** Draws the times (ms) of successive requests of a run whose true numbers are known. */
export type RunModel = (random: Random) => () => number;

/** Independent, log-normal around 100 ms: `spread` 0.3 is a standard deviation of 31 % of the mean, 1 one of 131 %. */
export function logNormal(spread: number): RunModel {
  return (random) => () => 100 * Math.exp(spread * random.normal());
}

/** Log-normal with spread 0.5, each correlated with the one before: autoregressive, as when load comes and goes. */
export function autoregressive(correlation: number): RunModel {
  return (random) => {
    let state = random.normal();
    const innovation = Math.sqrt(1 - correlation ** 2);
    return () => {
      state = correlation * state + innovation * random.normal();
      return 100 * Math.exp(0.5 * state);
    };
  };
}

/**
 * Time in a queue with one server, Poisson arrivals and exponential service of 100 ms (M/M/1), by Lindley's recursion,
 * started in its steady state: there it is exponential with mean 100 / (1 - utilization) ms.
 */
export function queue(utilization: number): RunModel {
  return (random) => {
    const exponential = (mean: number): number => -mean * Math.log(1 - random.next());
    let time = exponential(100 / (1 - utilization));
    return () => {
      const current = time;
      time = Math.max(0, time - exponential(100 / utilization)) + exponential(100);
      return current;
    };
  };
}

/**
 * A run of requests one after another.
 *
 * @param gapsPerRequest chunk gaps, each the request's own time times a noise of 20 %; 0 for none
 */
export function simulateRun(model: RunModel, requests: number, random: Random, gapsPerRequest = 0): RunData {
  const builder = createRunDataBuilder();
  const next = model(random);
  let start = 0;
  for (let index = 0; index < requests; index++) {
    const time = next();
    const gaps = Array.from({ length: gapsPerRequest }, () => time * Math.exp(0.2 * random.normal()));
    builder.add(
      exampleRecord({
        index,
        start_ms: start,
        end_ms: start + time,
        latency_ms: gapsPerRequest === 0 ? time : null,
        ttft_ms: null,
        tpot_ms: null,
        output_tokens: null,
        chunk_gaps_ms: gaps,
      }),
    );
    start += time;
  }
  return builder.build();
}

/** A closed loop: so many clients, each sending its next request when the last one has ended. */
export function simulateClosedLoop(model: RunModel, requests: number, clients: number, random: Random): RunData {
  const builder = createRunDataBuilder();
  const next = model(random);
  const free = new Array<number>(clients).fill(0);
  for (let index = 0; index < requests; index++) {
    const client = free.indexOf(Math.min(...free));
    const start = free[client] as number;
    const end = start + next();
    free[client] = end;
    builder.add(exampleRecord({ index, start_ms: start, end_ms: end, latency_ms: end - start, chunk_gaps_ms: [] }));
  }
  return builder.build();
}
