import { hasTimings } from '../metrics/metric.ts';
import { HELD_BACK } from '../metrics/tokens-per-output.ts';
import { divide } from '../shared/divide.ts';
import type { Milliseconds } from '../shared/units.ts';
import { computeOverhead, testOrder } from './hand-over.ts';
import { listRequests, numberAt, type RunData } from './run-data.ts';

/** What the gaps of answers tell beside their length; null where no answer tells it. */
export interface ExperienceSummary {
  /** Shares (0 to 1) of the answers with a pause over 500 ms, and of those in which a reader of 5 words/s waits. */
  readonly stalled_ratio: number | null;
  readonly reader_waits_ratio: number | null;
  /** From the first output to the second, where a server hands an answer from prefill to decode over. */
  readonly hand_over_avg_ms: Milliseconds | null;
  /** How much longer that is than the median of the later gaps, at least 0; of answers with two gaps or more. */
  readonly hand_over_overhead_avg_ms: Milliseconds | null;
  /** Mean of all gaps but the first of each answer. */
  readonly steady_itl_avg_ms: Milliseconds | null;
  /** L: tokens a chunk after the first, over all answers with several chunks: what speculative decoding gives a step. */
  readonly tokens_per_step: number | null;
  /**
   * `1 - 1/L`, as evalscope 1.14 has it, for chunks that are steps of speculative decoding. null where they hardly hold more
   * than a token, and where the server tells itself how much it drafted.
   */
  readonly speculative_acceptance: number | null;
  /** Mean time to the outputs with these numbers, of the answers that are so long. */
  readonly time_to_output: readonly {
    readonly output: number;
    readonly answers: number;
    readonly mean_ms: Milliseconds;
  }[];
}

/** Outputs whose time is shown, where answers are so long. */
const OUTPUTS = [2, 10, 50, 100, 500, 1000] as const;

/** @param drafted tokens drafted, by the server's own count; null where it tells none */
export function summarizeExperience(run: RunData, drafted: number | null): ExperienceSummary {
  const [first, overhead, steady] = [createMean(), createMean(), createMean()];
  const times = OUTPUTS.map((output) => ({ output, mean: createMean() }));
  const ttft = run.column('first_output_ms');
  const isOrdered = testOrder(run);
  for (const request of listRequests(run, hasTimings)) {
    const gaps = run.gaps.of(request);
    if (!isOrdered(request)) continue;
    first.add(gaps[0] as number);
    for (let i = 1; i < gaps.length; i++) steady.add(gaps[i] as number);
    const beyond = computeOverhead(gaps);
    if (beyond !== null) overhead.add(beyond);
    let [at, place] = [numberAt(ttft, request) ?? Number.NaN, 1];
    for (const { output: wanted, mean } of times) {
      if (wanted > gaps.length + 1) break;
      for (; place < wanted; place++) at += gaps[place - 1] as number;
      if (!Number.isNaN(at)) mean.add(at);
    }
  }
  const length = countTokensPerStep(run);
  return {
    stalled_ratio: run.sorted('stalled').mean(),
    reader_waits_ratio: run.sorted('reader_waits').mean(),
    hand_over_avg_ms: first.value(),
    hand_over_overhead_avg_ms: overhead.value(),
    steady_itl_avg_ms: steady.value(),
    tokens_per_step: length,
    speculative_acceptance: drafted === null ? estimateAcceptance(length) : null,
    time_to_output: times.flatMap(({ output, mean }) => {
      const mean_ms = mean.value();
      return mean_ms === null ? [] : [{ output, answers: mean.count(), mean_ms }];
    }),
  };
}

/**
 * L: tokens a chunk after the first, over all answers with several chunks; null where there are none, or nobody counts. Each
 * choice of a request is an answer with a first chunk of its own, so there are as many steps as gaps.
 */
export function countTokensPerStep(run: RunData): number | null {
  const [tokens, chunks] = [run.column('output_tokens'), run.column('chunks')];
  let [steps, stepTokens] = [0, 0];
  for (const request of listRequests(run, hasTimings)) {
    const [count, output] = [numberAt(chunks, request), numberAt(tokens, request)];
    const gaps = run.gaps.counts[request] as number;
    if (count === null || output === null || gaps === 0) continue;
    steps += gaps;
    stepTokens += output - (count - gaps);
  }
  return divide(stepTokens, steps);
}

/**
 * `1 - 1/L`: the share of drafted tokens that were taken, if a chunk is a step of speculative decoding; null where a chunk hardly
 * holds more than a token.
 *
 * The formula is evalscope 1.14's, which averages L over the answers with L over 1 alone, so that one chunk of two tokens in
 * one answer of many would look like a draft in all.
 */
export function estimateAcceptance(tokensPerStep: number | null): number | null {
  return tokensPerStep === null || tokensPerStep < HELD_BACK ? null : 1 - 1 / tokensPerStep;
}

interface Mean {
  add(value: number): void;
  count(): number;
  value(): number | null;
}

function createMean(): Mean {
  let [sum, count] = [0, 0];
  return {
    add(value) {
      sum += value;
      count++;
    },
    count: () => count,
    value: () => divide(sum, count),
  };
}
