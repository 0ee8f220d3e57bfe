import type { RequestRecord } from '../../../measure/request-record.ts';
import type { TtftByInput } from '../report-data.ts';
import { createSampler } from './sampler.ts';

/** Dots of a picture: more would hide each other, and each is an element of the page. */
const MOST_DOTS = 2000;

/** TTFT and length of the prompt of completed requests that have both. */
export function createTtftByInput() {
  const sampler = createSampler<readonly [index: number, tokens: number, ttft: number]>(MOST_DOTS);
  return {
    add({ index, input_tokens, ttft_ms }: RequestRecord): void {
      if (input_tokens !== null && ttft_ms !== null) sampler.add(index, () => [index, input_tokens, ttft_ms]);
    },
    build(): TtftByInput {
      const dots = [...sampler.kept].sort((a, b) => a[0] - b[0]);
      return {
        sampled: !sampler.complete,
        index: dots.map(([index]) => index),
        input_tokens: dots.map(([, tokens]) => tokens),
        ttft_ms: dots.map(([, , ttft]) => ttft),
      };
    },
  };
}
