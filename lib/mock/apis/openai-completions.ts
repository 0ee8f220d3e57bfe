import { isObject, type JsonObject } from '../../shared/json.ts';
import type { Milliseconds } from '../../shared/units.ts';
import {
  type AnswerPlan,
  endOf,
  type Output,
  openingDue,
  outputText,
  planOutputs,
  wholeOutputs,
} from '../answer-plan.ts';
import { BadRequest, type MockApi } from '../mock-api.ts';
import type { ChunkKind, StreamEvent } from '../step.ts';
import { sum, usageOf } from '../usage.ts';
import { openAiError } from './openai-error.ts';

const FIELDS = [
  ...['model', 'stream', 'stream_options', 'n', 'stop', 'seed', 'temperature', 'top_p', 'user', 'frequency_penalty'],
  ...['presence_penalty', 'logprobs', 'top_logprobs', 'logit_bias', 'tools', 'tool_choice', 'response_format'],
  ...['metadata', 'store', 'reasoning_effort', 'suffix', 'messages', 'prompt'],
];

const SHARED = {
  keyHeader: 'authorization',
  limitFields: ['max_completion_tokens', 'max_tokens'],
  otherFields: FIELDS,
  takesChoices: true,
  events,
  whole,
  error: openAiError,
  failure: (_, detail) => ({ data: openAiError(500, detail) }),
  late: (plan) => ({
    data: chunkJson(startWriting(plan), 0, isText(plan) ? '" late"' : '{"content":" late"}', null, undefined),
  }),
} as const satisfies Partial<MockApi>;

/** OpenAI's chat completions, in the shapes of vLLM, SGLang and llama.cpp as well. */
export const CHAT: MockApi = {
  ...SHARED,
  path: '/v1/chat/completions',
  idPrefix: 'chatcmpl-',
  promptFields: ['messages'],
  picturesIn: ({ type, image_url: image }) => (type === 'image_url' && isObject(image) ? [image['url']] : []),
  check({ messages }) {
    if (!Array.isArray(messages)) throw new BadRequest("'messages' must be an array");
  },
};

/** OpenAI's completions: text alone. */
export const COMPLETIONS: MockApi = {
  ...SHARED,
  path: '/v1/completions',
  idPrefix: 'cmpl-',
  promptFields: ['prompt'],
  textOnly: true,
  check({ prompt }) {
    if (typeof prompt !== 'string' && !Array.isArray(prompt)) {
      throw new BadRequest("'prompt' must be a string or an array");
    }
  },
};

type UsageMode = AnswerPlan['options']['usage'];

interface Writing {
  readonly plan: AnswerPlan;
  /** The JSON of all chunks up to the list of choices, put together once. */
  readonly head: string;
  readonly mode: UsageMode;
  /** Output tokens sent so far by all choices, and how many of them are reasoning. */
  sent: number;
  reasoned: number;
  /** Choices that have no finish reason yet. */
  open: number;
}

function startWriting(plan: AnswerPlan): Writing {
  const { id, created, request, choiceTokens } = plan;
  const object = isText(plan) ? 'text_completion' : 'chat.completion.chunk';
  const head = JSON.stringify({ id, object, created, model: request.model }).slice(0, -1);
  return { plan, head, mode: usageMode(plan), sent: 0, reasoned: 0, open: choiceTokens.length };
}

/** Up to and with `[DONE]`. */
function* events(plan: AnswerPlan): Generator<StreamEvent> {
  const writing = startWriting(plan);
  const { mode, head } = writing;
  let due = plan.ttft;
  if (!isText(plan)) yield* openingEvents(writing);
  if (Math.max(...plan.choiceTokens) === 0) {
    for (const choice of plan.choiceTokens.keys()) yield* finishEvents(writing, choice, due);
  }
  for (const output of planOutputs(plan)) {
    due = output.due;
    yield* outputEvents(writing, output);
  }
  if (!['off', 'per-choice', 'last-choices'].includes(mode) && !plan.options.finishWithUsage) {
    yield event('usage', due, usageOnly(head, totalUsage(plan)));
  }
  yield event('done', due, '[DONE]');
}

/** Role chunks and empty chunks, before the first output. */
function* openingEvents(writing: Writing): Generator<StreamEvent> {
  const { options, choiceTokens } = writing.plan;
  const due = openingDue(writing.plan);
  const content = { empty: ',"content":""', null: ',"content":null', absent: '' }[options.roleContent];
  for (let round = 0; options.roleChunk && round < 1 + options.repeatRole; round++) {
    for (const choice of choiceTokens.keys()) {
      yield event('role', due, chunkJson(writing, choice, `{"role":"assistant"${content}}`, null, usageSoFar(writing)));
    }
  }
  for (let round = 0; round < options.emptyChunks; round++) {
    yield event('empty', due, chunkJson(writing, 0, '{"content":""}', null, usageSoFar(writing)));
  }
}

/** One output chunk of a choice; before the first of a tool call its name, after the last the finish reason. */
function* outputEvents(writing: Writing, output: Output): Generator<StreamEvent> {
  const { plan } = writing;
  const { choice, kind, from, to, due, opens, isLast } = output;
  if (kind === 'tool' && opens) {
    const call = { index: 0, id: callId(plan, choice), type: 'function', function: { name: 'search', arguments: '' } };
    yield event(kind, due, chunkJson(writing, choice, JSON.stringify({ tool_calls: [call] }), null, undefined));
  }
  writing.sent += to - from;
  if (kind === 'reasoning') writing.reasoned += to - from;
  const finishes = isLast && plan.options.finishOnContent;
  const usage = finishes ? finishUsage(writing, choice, writing.open === 1) : usageSoFar(writing);
  const finish = finishes ? finishReason(plan, choice) : null;
  yield event(kind, due, chunkJson(writing, choice, deltaJson(plan, output), finish, usage), to - from);
  if (isLast) yield* finishEvents(writing, choice, due);
}

function deltaJson(plan: AnswerPlan, output: Output): string {
  const text = JSON.stringify(outputText(plan, output));
  if (isText(plan)) return text;
  const role = plan.options.roleInDelta ? '"role":"assistant",' : '';
  if (output.kind === 'tool') return `{${role}"tool_calls":[{"index":0,"function":{"arguments":${text}}}]}`;
  return `{${role}"${output.kind === 'reasoning' ? plan.options.reasoningKey : 'content'}":${text}}`;
}

/** The finish reason of a choice, unless its last chunk had it, and the usage of its own that some servers send. */
function* finishEvents(writing: Writing, choice: number, due: Milliseconds): Generator<StreamEvent> {
  const { plan, mode, head } = writing;
  const { finishOnContent, finishWithUsage } = plan.options;
  writing.open--;
  if (!finishOnContent || plan.choiceTokens[choice] === 0) {
    const usage = finishUsage(writing, choice, writing.open === 0);
    const delta = isText(plan) ? '""' : '{}';
    yield event('finish', due, chunkJson(writing, choice, delta, finishReason(plan, choice), usage));
  }
  if (mode === 'per-choice' && !finishWithUsage) yield event('usage', due, usageOnly(head, choiceUsage(plan, choice)));
}

function finishReason(plan: AnswerPlan, choice: number): string {
  return { length: 'length', tool: 'tool_calls', stop: 'stop' }[endOf(plan, choice)];
}

/** The usage in the event of a finish reason. */
function finishUsage(writing: Writing, choice: number, isLast: boolean): unknown {
  const { plan, mode } = writing;
  if (mode === 'off') return undefined;
  if (mode === 'per-choice') return plan.options.finishWithUsage ? choiceUsage(plan, choice) : undefined;
  return isLast && (plan.options.finishWithUsage || mode === 'last-choices') ? totalUsage(plan) : usageSoFar(writing);
}

/** The usage beside the choices of an ordinary chunk: in two modes there is one. */
function usageSoFar({ plan, mode, sent, reasoned }: Writing): unknown {
  return mode === 'every-chunk' || mode === 'null' ? completionUsage(plan, sent, reasoned) : undefined;
}

function choiceUsage(plan: AnswerPlan, choice: number): unknown {
  return completionUsage(plan, plan.choiceTokens[choice] as number, plan.reasoningTokens[choice] as number);
}

/** The closing usage: all tokens of all choices. */
function totalUsage(plan: AnswerPlan): unknown {
  return completionUsage(plan, sum(plan.choiceTokens), sum(plan.reasoningTokens));
}

function completionUsage(plan: AnswerPlan, completionTokens: number, reasoningTokens: number): unknown {
  const prompt = plan.request.promptTokens;
  const counts = {
    prompt_tokens: prompt,
    completion_tokens: completionTokens,
    total_tokens: prompt + completionTokens,
  };
  return usageOf(plan, counts, {
    ...promptDetails(plan),
    ...(plan.options.reasoningTokens === 0 || isText(plan)
      ? {}
      : { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  });
}

/** Cached tokens where the knob says so, and those of pictures where there are some. */
function promptDetails({ cachedTokens, request: { pictureTokens } }: AnswerPlan): JsonObject {
  const details = {
    ...(cachedTokens === null ? {} : { cached_tokens: cachedTokens }),
    ...(pictureTokens === 0 ? {} : { image_tokens: pictureTokens }),
  };
  return Object.keys(details).length === 0 ? {} : { prompt_tokens_details: details };
}

/** Where usage comes; the request's wish for one in every chunk is granted. An answer in one body has it unasked. */
function usageMode({ options, request }: AnswerPlan): UsageMode {
  if (request.stream && !request.includeUsage && !options.usageAlways) return 'off';
  return options.usage === 'last' && request.continuousUsage ? 'every-chunk' : options.usage;
}

/** A chunk with one choice. `delta` is JSON. */
function chunkJson(writing: Writing, choice: number, delta: string, finish: string | null, usage: unknown): string {
  const field = isText(writing.plan) ? 'text' : 'delta';
  const reason = finish === null ? 'null' : `"${finish}"`;
  const end = usage === undefined ? '}' : `,"usage":${JSON.stringify(usage)}}`;
  return `${writing.head},"choices":[{"index":${choice},"${field}":${delta},"logprobs":null,"finish_reason":${reason}}]${end}`;
}

function usageOnly(head: string, usage: unknown): string {
  return `${head},"choices":[],"usage":${JSON.stringify(usage)}}`;
}

function event(kind: ChunkKind, due: Milliseconds, data: string, tokens = 0): StreamEvent {
  return { due, kind, tokens, data };
}

function whole(plan: AnswerPlan): JsonObject {
  const choices = plan.choiceTokens.map((_, index) => ({
    index,
    ...(isText(plan) ? { text: wholeOutputs(plan, index)[0]?.text ?? '' } : { message: message(plan, index) }),
    logprobs: null,
    finish_reason: finishReason(plan, index),
  }));
  const { id, created, request } = plan;
  const object = isText(plan) ? 'text_completion' : 'chat.completion';
  const usage = usageMode(plan) === 'off' ? undefined : totalUsage(plan);
  return { id, object, created, model: request.model, choices, usage };
}

function message(plan: AnswerPlan, choice: number): JsonObject {
  const parts = wholeOutputs(plan, choice).map(({ kind, text }) => {
    if (kind === 'reasoning') return { [plan.options.reasoningKey]: text };
    if (kind === 'content') return { content: text };
    const call = { id: callId(plan, choice), type: 'function', function: { name: 'search', arguments: text } };
    return { content: null, tool_calls: [call] };
  });
  return Object.assign({ role: 'assistant', content: '' }, ...parts);
}

function callId(plan: AnswerPlan, choice: number): string {
  return `call_${plan.id}_${choice}`;
}

function isText({ request }: AnswerPlan): boolean {
  return request.api.textOnly === true;
}
