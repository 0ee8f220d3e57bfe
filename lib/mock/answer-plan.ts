import { createRandom, type Random } from '../shared/random.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { CompletionRequest } from './completion-request.ts';
import type { MockOptions } from './knobs.ts';
import { mixKey } from './mock-words.ts';

/** Everything about an answer that is settled when its request has been read. */
export interface AnswerPlan {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly request: CompletionRequest;
  readonly options: MockOptions;
  readonly cachedTokens: number | null;
  /** Output tokens of each choice. */
  readonly choiceTokens: readonly number[];
  /** Key of the text of each choice. */
  readonly choiceKeys: readonly number[];
  /** From the arrival to the first output. */
  readonly ttft: Milliseconds;
  /** The length of the next token gap; each call draws its spread anew. */
  readonly nextGap: () => Milliseconds;
}

/** The draws of one request have streams of their own, so that one knob never moves what another one draws. */
const PURPOSE = { lengths: 1, timing: 2, text: 3 } as const;

/**
 * Settles an answer; the same seed, index and request give the same lengths, texts and times.
 *
 * @param index the request's place in the order of arrival, from 0
 * @param pace  the factor that concurrency puts on all times now, from 1
 */
export function planAnswer(
  request: CompletionRequest,
  options: MockOptions,
  index: number,
  pace: () => number,
): AnswerPlan {
  const lengths = createRandom(mixKey(options.seed, index, PURPOSE.lengths));
  const timing = createRandom(mixKey(options.seed, index, PURPOSE.timing));
  const choices = Array.from({ length: request.choices }, (_, choice) => choice);
  const cachedTokens = options.cachedTokens === null ? null : Math.min(options.cachedTokens, request.promptTokens);
  const prefill = options.prefillMsPerToken * (request.promptTokens - (cachedTokens ?? 0));
  return {
    id: `${request.chat ? 'chatcmpl' : 'cmpl'}-mock-${options.seed}-${index}`,
    created: Math.floor(Date.now() / 1000),
    request,
    options,
    cachedTokens,
    choiceTokens: choices.map(() => drawTokens(request, options, lengths)),
    choiceKeys: choices.map((choice) => mixKey(options.seed, index, PURPOSE.text, choice)),
    ttft: Math.max((options.ttftMs * drawFactor(timing, options.ttftSpread) + prefill) * pace(), options.slowHeadersMs),
    nextGap: () => options.tpotMs * drawFactor(timing, options.tpotSpread) * pace(),
  };
}

/** When the headers of a stream leave, since the arrival. */
export function headersDue({ options, ttft }: AnswerPlan): Milliseconds {
  return options.headersAt === 'first-token' ? ttft : options.slowHeadersMs;
}

/** The finish reason of a choice: `length` when max_tokens ended it. */
export function finishReason(plan: AnswerPlan, choice: number): string {
  if (plan.choiceTokens[choice] === plan.request.maxTokens) return 'length';
  return plan.options.toolCalls && plan.request.chat ? 'tool_calls' : 'stop';
}

/** `ignore_eos` runs to max_tokens; otherwise the knob or 16 to 256, within min_tokens and max_tokens. */
function drawTokens(request: CompletionRequest, options: MockOptions, random: Random): number {
  const drawn = random.integer(16, 256);
  const limit = request.maxTokens ?? Number.POSITIVE_INFINITY;
  if (request.ignoreEos && request.maxTokens !== null) return limit;
  return Math.min(limit, Math.max(request.minTokens, options.outputTokens ?? drawn));
}

/** 1 without spread; else a normal draw around 1, clamped to 0.3 and 1.7 so that the mean stays 1. */
function drawFactor(random: Random, spread: number): number {
  return spread === 0 ? 1 : Math.min(1.7, Math.max(0.3, 1 + spread * random.normal()));
}
