import { createRandom, type Random } from '../shared/random.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { AnswerRequest } from './answer-request.ts';
import type { MockOptions } from './knobs.ts';
import { mixKey, tokenText } from './mock-words.ts';

/** Everything about an answer that is settled when its request has been read. */
export interface AnswerPlan {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly request: AnswerRequest;
  readonly options: MockOptions;
  readonly cachedTokens: number | null;
  /** Output tokens of each choice. */
  readonly choiceTokens: readonly number[];
  /** How many of the first tokens of each choice are reasoning. */
  readonly reasoningTokens: readonly number[];
  /** What comes after the reasoning. */
  readonly answerKind: 'content' | 'tool';
  /** Key of the text of each choice. */
  readonly choiceKeys: readonly number[];
  /** From the arrival to the first output. */
  readonly ttft: Milliseconds;
  /** The length of the next token gap; each call draws its spread anew. */
  readonly nextGap: () => Milliseconds;
}

export type OutputKind = 'reasoning' | 'content' | 'tool';

/** A stretch of tokens of one choice that leaves in one chunk. */
export interface Output {
  readonly choice: number;
  readonly kind: OutputKind;
  /** The first token, and the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly due: Milliseconds;
  /** The first of its kind in its choice, and the last of the choice. */
  readonly opens: boolean;
  readonly isLast: boolean;
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
  request: AnswerRequest,
  options: MockOptions,
  index: number,
  pace: () => number,
): AnswerPlan {
  const lengths = createRandom(mixKey(options.seed, index, PURPOSE.lengths));
  const timing = createRandom(mixKey(options.seed, index, PURPOSE.timing));
  const choices = Array.from({ length: request.choices }, (_, choice) => choice);
  const cachedTokens = options.cachedTokens === null ? null : Math.min(options.cachedTokens, request.promptTokens);
  const prefill = options.prefillMsPerToken * (request.promptTokens - (cachedTokens ?? 0));
  const { idPrefix, textOnly = false, withoutOutput = false } = request.api;
  const choiceTokens = choices.map(() => (withoutOutput ? 0 : drawTokens(request, options, lengths)));
  return {
    id: `${idPrefix}mock-${options.seed}-${index}`,
    created: Math.floor(Date.now() / 1000),
    request,
    options,
    cachedTokens,
    choiceTokens,
    reasoningTokens: choiceTokens.map((tokens) => (textOnly ? 0 : Math.min(options.reasoningTokens, tokens))),
    answerKind: options.toolCalls && !textOnly ? 'tool' : 'content',
    choiceKeys: choices.map((choice) => mixKey(options.seed, index, PURPOSE.text, choice)),
    ttft: Math.max((options.ttftMs * drawFactor(timing, options.ttftSpread) + prefill) * pace(), options.slowHeadersMs),
    nextGap: () => options.tpotMs * drawFactor(timing, options.tpotSpread) * pace(),
  };
}

/**
 * The output of an answer in order, drawn from as time goes on.
 *
 * Times add up from the planned TTFT, never from what the clock showed, so a late write moves no later one.
 * The first chunk is whole at the TTFT; each later one takes the time of its own tokens. Reasoning and answer never
 * share one. Choices decode side by side: step for step one chunk each, all with the same time.
 */
export function* planOutputs(plan: AnswerPlan): Generator<Output> {
  const { choiceTokens, reasoningTokens, options, answerKind } = plan;
  const longest = Math.max(...choiceTokens);
  const thought = Math.max(...reasoningTokens);
  let due = plan.ttft;
  for (let from = 0, to = 0; from < longest; from = to) {
    const isThought = from < thought;
    to = Math.min(from + options.tokensPerChunk, isThought ? thought : longest);
    if (from > 0) for (let token = from; token < to; token++) due += plan.nextGap();
    const kind = isThought ? 'reasoning' : answerKind;
    for (const [choice, total] of choiceTokens.entries()) {
      if (from >= total) continue;
      const opens = from === 0 || from === thought;
      yield { choice, kind, from, to: Math.min(to, total), due, opens, isLast: to >= total };
    }
  }
}

/** When the headers of a stream leave, since the arrival. */
export function headersDue({ options, ttft }: AnswerPlan): Milliseconds {
  return options.headersAt === 'first-token' ? ttft : options.slowHeadersMs;
}

/** When the events that come before the first output leave. */
export function openingDue(plan: AnswerPlan): Milliseconds {
  return plan.options.roleAt === 'early' ? headersDue(plan) : plan.ttft;
}

/** What ended a choice: its limit, a tool call, or the model. */
export function endOf(plan: AnswerPlan, choice: number): 'length' | 'tool' | 'stop' {
  if (plan.choiceTokens[choice] === plan.request.maxTokens) return 'length';
  return plan.answerKind === 'tool' ? 'tool' : 'stop';
}

/** The text of the tokens from `from` to `to` (excluded) of a choice, whatever it is text of. */
export function textOf(plan: AnswerPlan, choice: number, from: number, to: number): string {
  const language = plan.options.split ? 'chinese' : plan.options.words;
  const key = plan.choiceKeys[choice] as number;
  let text = '';
  for (let position = from; position < to; position++) text += tokenText(language, key, position);
  return text;
}

/** The text of a stretch of output; that of a tool call is cut so that all parts together are one JSON object. */
export function outputText(plan: AnswerPlan, { choice, kind, from, to }: Omit<Output, 'due'>): string {
  const text = textOf(plan, choice, from, to);
  if (kind !== 'tool') return text;
  const start = from === plan.reasoningTokens[choice] ? '{"query": "' : '';
  return `${start}${text}${to === plan.choiceTokens[choice] ? '"}' : ''}`;
}

/** The arguments of the one call of a tool, for APIs in which it comes whole. */
export function wholeArguments(plan: AnswerPlan): string {
  return wholeOutputs(plan, 0).find(({ kind }) => kind === 'tool')?.text ?? '{}';
}

/** The kinds of output that a choice has, each with its whole text, for answers in one body. */
export function wholeOutputs(plan: AnswerPlan, choice: number): { readonly kind: OutputKind; readonly text: string }[] {
  const total = plan.choiceTokens[choice] as number;
  const thought = plan.reasoningTokens[choice] as number;
  const stretches = [
    { kind: 'reasoning' as const, from: 0, to: thought },
    { kind: plan.answerKind, from: thought, to: total },
  ];
  return stretches
    .filter(({ from, to }) => to > from)
    .map(({ kind, from, to }) => ({
      kind,
      text: outputText(plan, { choice, kind, from, to, opens: true, isLast: true }),
    }));
}

/** `ignore_eos` runs to max_tokens; otherwise the knob or 16 to 256, within min_tokens and max_tokens. */
function drawTokens(request: AnswerRequest, options: MockOptions, random: Random): number {
  const drawn = random.integer(16, 256);
  const limit = request.maxTokens ?? Number.POSITIVE_INFINITY;
  if (request.ignoreEos && request.maxTokens !== null) return limit;
  return Math.min(limit, Math.max(request.minTokens, options.outputTokens ?? drawn));
}

/** 1 without spread; else a normal draw around 1, clamped to 0.3 and 1.7 so that the mean stays 1. */
function drawFactor(random: Random, spread: number): number {
  return spread === 0 ? 1 : Math.min(1.7, Math.max(0.3, 1 + spread * random.normal()));
}
