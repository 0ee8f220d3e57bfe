import type { Milliseconds } from '../shared/units.ts';
import { type AnswerPlan, finishReason, headersDue } from './answer-plan.ts';
import { createPayloadWriter, type PayloadWriter, textOf, toolArguments } from './payload.ts';
import type { ChunkKind, StreamEvent } from './step.ts';
import { formatUsage, reasoningOf, totalUsage, usageMode } from './usage.ts';

interface Writing {
  readonly plan: AnswerPlan;
  readonly payload: PayloadWriter;
  readonly mode: ReturnType<typeof usageMode>;
  /** Output tokens sent so far by all choices, and how many of them are reasoning. */
  sent: number;
  reasoned: number;
  /** Choices that have no finish reason yet. */
  open: number;
}

/**
 * The events of a stream without faults, in order, up to and with `[DONE]`.
 *
 * Event times add up from the planned TTFT, never from what the clock showed, so a late write moves no later one.
 * The generator is to be drawn from as the stream goes on: each token gap asks for the pace of that moment.
 * Choices decode side by side: step for step one chunk each, all with the same time.
 */
export function* planEvents(plan: AnswerPlan): Generator<StreamEvent> {
  const { choiceTokens, ttft } = plan;
  const payload = createPayloadWriter(plan);
  const writing = { plan, payload, mode: usageMode(plan), sent: 0, reasoned: 0, open: choiceTokens.length };
  if (plan.request.chat) yield* openingEvents(writing);
  const longest = Math.max(...choiceTokens);
  let due = ttft;
  if (longest === 0) for (const choice of choiceTokens.keys()) yield* finishEvents(writing, choice, due);
  for (let from = 0, to = 0; from < longest; from = to) {
    to = chunkEnd(plan, from, longest);
    // The first chunk is whole at the TTFT; each later one takes the time of its own tokens.
    if (from > 0) for (let token = from; token < to; token++) due += plan.nextGap();
    for (const [choice, total] of choiceTokens.entries()) {
      if (from < total) yield* outputEvents(writing, choice, from, Math.min(to, total), due);
    }
  }
  if (closesWithUsage(writing)) yield { due, kind: 'usage', tokens: 0, data: payload.usageOnly(totalUsage(plan)) };
  yield { due, kind: 'done', tokens: 0, data: '[DONE]' };
}

/** Role chunks and empty chunks, before the first output. */
function* openingEvents({ plan, payload, mode }: Writing): Generator<StreamEvent> {
  const { options, choiceTokens } = plan;
  const usage = usageBeside(mode, () => formatUsage(plan, 0, 0));
  const early = options.roleAt === 'early' ? headersDue(plan) : plan.ttft;
  const roles = options.roleChunk ? 1 + options.repeatRole : 0;
  const content = { empty: ',"content":""', null: ',"content":null', absent: '' }[options.roleContent];
  for (let round = 0; round < roles; round++) {
    for (const choice of choiceTokens.keys()) {
      const data = payload.choice(choice, `{"role":"assistant"${content}}`, null, usage);
      yield { due: early, kind: 'role', tokens: 0, data };
    }
  }
  for (let round = 0; round < options.emptyChunks; round++) {
    yield { due: early, kind: 'empty', tokens: 0, data: payload.choice(0, '{"content":""}', null, usage) };
  }
}

/** One output chunk of a choice; before the first of a tool call its name, after the last the finish reason. */
function* outputEvents(
  writing: Writing,
  choice: number,
  from: number,
  to: number,
  due: Milliseconds,
): Generator<StreamEvent> {
  const { plan, payload, mode } = writing;
  const { options, request } = plan;
  const tokens = to - from;
  const kind = kindOf(plan, from);
  const isLast = to === plan.choiceTokens[choice];
  const reasoning = reasoningOf(plan, plan.choiceTokens[choice] as number);
  if (kind === 'tool' && from === reasoning) {
    const call = `{"tool_calls":[{"index":0,"id":"call_${plan.id}_${choice}","type":"function","function":{"name":"search","arguments":""}}]}`;
    yield { due, kind, tokens: 0, data: payload.choice(choice, call, null, null) };
  }
  writing.sent += tokens;
  if (kind === 'reasoning') writing.reasoned += tokens;
  const delta = request.chat ? chatDelta(plan, choice, kind, from, to) : JSON.stringify(textOf(plan, choice, from, to));
  const finishes = isLast && options.finishOnContent;
  const usage = finishes
    ? finishUsage(writing, choice, writing.open === 1)
    : usageBeside(mode, () => formatUsage(plan, writing.sent, writing.reasoned));
  yield { due, kind, tokens, data: payload.choice(choice, delta, finishes ? finishReason(plan, choice) : null, usage) };
  if (isLast) yield* finishEvents(writing, choice, due);
}

/** The finish reason of a choice, unless its last chunk had it, and the usage of its own that some servers send. */
function* finishEvents(writing: Writing, choice: number, due: Milliseconds): Generator<StreamEvent> {
  const { plan, payload, mode } = writing;
  writing.open--;
  if (!plan.options.finishOnContent || plan.choiceTokens[choice] === 0) {
    const delta = plan.request.chat ? '{}' : '""';
    const data = payload.choice(
      choice,
      delta,
      finishReason(plan, choice),
      finishUsage(writing, choice, writing.open === 0),
    );
    yield { due, kind: 'finish', tokens: 0, data };
  }
  if (mode === 'per-choice' && !plan.options.finishWithUsage) {
    yield { due, kind: 'usage', tokens: 0, data: payload.usageOnly(choiceUsage(plan, choice)) };
  }
}

/** The usage in the event of a finish reason, or null. */
function finishUsage({ plan, mode, sent, reasoned }: Writing, choice: number, isLast: boolean): string | null {
  if (mode === 'off') return null;
  if (mode === 'per-choice') return plan.options.finishWithUsage ? choiceUsage(plan, choice) : null;
  if (isLast && (plan.options.finishWithUsage || mode === 'last-choices')) return totalUsage(plan);
  return usageBeside(mode, () => formatUsage(plan, sent, reasoned));
}

function choiceUsage(plan: AnswerPlan, choice: number): string {
  const tokens = plan.choiceTokens[choice] as number;
  return formatUsage(plan, tokens, reasoningOf(plan, tokens));
}

/** The usage beside the choices of an ordinary chunk: in two modes there is one. */
function usageBeside(mode: Writing['mode'], running: () => string): string | null {
  return mode === 'every-chunk' || mode === 'null' ? running() : null;
}

function closesWithUsage({ mode, plan }: Writing): boolean {
  return mode !== 'off' && mode !== 'per-choice' && mode !== 'last-choices' && !plan.options.finishWithUsage;
}

/** Where the chunk that begins at `from` ends; reasoning and answer never share one. */
function chunkEnd({ options, request }: AnswerPlan, from: number, longest: number): number {
  const end = Math.min(from + options.tokensPerChunk, longest);
  return request.chat && from < options.reasoningTokens ? Math.min(end, options.reasoningTokens) : end;
}

function kindOf({ options, request }: AnswerPlan, from: number): ChunkKind {
  if (!request.chat) return 'content';
  if (from < options.reasoningTokens) return 'reasoning';
  return options.toolCalls ? 'tool' : 'content';
}

function chatDelta(plan: AnswerPlan, choice: number, kind: ChunkKind, from: number, to: number): string {
  const role = plan.options.roleInDelta ? '"role":"assistant",' : '';
  if (kind === 'tool') {
    const part = JSON.stringify(toolArguments(plan, choice, from, to));
    return `{${role}"tool_calls":[{"index":0,"function":{"arguments":${part}}}]}`;
  }
  const key = kind === 'reasoning' ? plan.options.reasoningKey : 'content';
  return `{${role}"${key}":${JSON.stringify(textOf(plan, choice, from, to))}}`;
}
