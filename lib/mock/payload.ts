import { type AnswerPlan, finishReason } from './answer-plan.ts';
import { tokenText } from './mock-words.ts';
import { reasoningOf, sendsUsage, totalUsage } from './usage.ts';

/** The JSON of events of one stream; what is the same in each is put together once. */
export interface PayloadWriter {
  /** An event with one choice. `delta` is JSON; `finish` a finish reason or null; `usage` JSON, or null for none. */
  choice(choice: number, delta: string, finish: string | null, usage: string | null): string;
  /** An event without choices. */
  usageOnly(usage: string): string;
}

export function createPayloadWriter(plan: AnswerPlan): PayloadWriter {
  const { chat, model, choices } = plan.request;
  const object = chat ? 'chat.completion.chunk' : 'text_completion';
  const head = JSON.stringify({ id: plan.id, object, created: plan.created, model }).slice(0, -1);
  const field = chat ? 'delta' : 'text';
  const starts = Array.from({ length: choices }, (_, index) => `${head},"choices":[{"index":${index},"${field}":`);
  return {
    choice(choice, delta, finish, usage) {
      const end = `,"logprobs":null,"finish_reason":${finish === null ? 'null' : `"${finish}"`}}]`;
      return `${starts[choice]}${delta}${end}${usage === null ? '}' : `,"usage":${usage}}`}`;
    },
    usageOnly: (usage) => `${head},"choices":[],"usage":${usage}}`,
  };
}

/** The text of the tokens from `from` to `to` (excluded) of a choice. */
export function textOf(plan: AnswerPlan, choice: number, from: number, to: number): string {
  const language = plan.options.split ? 'chinese' : plan.options.words;
  const key = plan.choiceKeys[choice] as number;
  let text = '';
  for (let position = from; position < to; position++) text += tokenText(language, key, position);
  return text;
}

/** The arguments of the tool call, cut so that all parts together are one JSON object. */
export function toolArguments(plan: AnswerPlan, choice: number, from: number, to: number): string {
  const total = plan.choiceTokens[choice] as number;
  const start = from === reasoningOf(plan, total) ? '{"query": "' : '';
  return `${start}${textOf(plan, choice, from, to)}${to === total ? '"}' : ''}`;
}

/** The body of an answer that is not streamed. */
export function formatAnswer(plan: AnswerPlan): string {
  const { chat, model } = plan.request;
  const choices = plan.choiceTokens.map((tokens, index) => ({
    index,
    ...(chat ? { message: chatMessage(plan, index, tokens) } : { text: textOf(plan, index, 0, tokens) }),
    logprobs: null,
    finish_reason: finishReason(plan, index),
  }));
  const head = JSON.stringify({
    id: plan.id,
    object: chat ? 'chat.completion' : 'text_completion',
    created: plan.created,
    model,
    choices,
  });
  return sendsUsage(plan) ? `${head.slice(0, -1)},"usage":${totalUsage(plan)}}` : head;
}

function chatMessage(plan: AnswerPlan, choice: number, tokens: number): Record<string, unknown> {
  const { options } = plan;
  const reasoning = reasoningOf(plan, tokens);
  const thought = reasoning === 0 ? {} : { [options.reasoningKey]: textOf(plan, choice, 0, reasoning) };
  if (!options.toolCalls || tokens === reasoning) {
    return { role: 'assistant', content: textOf(plan, choice, reasoning, tokens), ...thought };
  }
  const call = { name: 'search', arguments: toolArguments(plan, choice, reasoning, tokens) };
  const calls = [{ id: `call_${plan.id}_${choice}`, type: 'function', function: call }];
  return { role: 'assistant', content: null, ...thought, tool_calls: calls };
}
