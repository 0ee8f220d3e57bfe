import type { JsonObject } from '../shared/json.ts';
import type { AnswerPlan } from './answer-plan.ts';
import { ANTHROPIC_MESSAGES } from './apis/anthropic-messages.ts';
import { OPENAI_RESPONSES } from './apis/openai-responses.ts';
import { between, breakAfter, type Chunk, opensWith, type Shape, without } from './shape-parts.ts';
import type { Step } from './step.ts';

const OVERLOADED = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };

/** Ways of answering of Anthropic's messages alone. */
const MESSAGES: Readonly<Record<string, Shape>> = {
  'messages-overloaded': {
    does: '`event: error` with `overloaded_error` after 4 tokens',
    steps: breakAfter(4, { name: 'error', data: OVERLOADED }),
    whole: OVERLOADED,
  },
  'messages-overloaded-first': {
    does: '`event: error` with `overloaded_error` in the place of the first token',
    steps: breakAfter(0, { name: 'error', data: OVERLOADED }),
    whole: OVERLOADED,
  },
  'messages-529': {
    does: 'status 529 with `overloaded_error`',
    reply: ({ api }) => ({ status: 529, headers: JSON_BODY, body: api.error(529), fault: 'status' }),
  },
  'messages-rate-limited': {
    does: 'status 429 with `retry-after: 3` and the limits in headers',
    reply: ({ api }) => ({
      status: 429,
      headers: { ...JSON_BODY, 'retry-after': '3', 'anthropic-ratelimit-requests-remaining': '0' },
      body: api.error(429),
      fault: 'status',
    }),
  },
  'messages-stop-sequence': stopsWith('stop_sequence', 'the stop reason `stop_sequence` after 5 tokens', '###'),
  'messages-refusal': stopsWith('refusal', 'the stop reason `refusal` after 5 tokens'),
  'messages-pause': stopsWith('pause_turn', 'the stop reason `pause_turn` after 5 tokens'),
  'messages-context': stopsWith(
    'model_context_window_exceeded',
    'the stop reason `model_context_window_exceeded` after 5 tokens',
  ),
  'messages-thinking': { does: 'thinking, signed at its end, then text', knobs: { reasoningTokens: 4 } },
  'messages-redacted': {
    does: 'thinking that is redacted: one block with `data` and no deltas',
    knobs: { reasoningTokens: 4 },
    chunk: onType('content_block_start', (json) =>
      (json['content_block'] as JsonObject)['type'] === 'thinking'
        ? { ...json, content_block: { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix' } }
        : json,
    ),
    steps: without(({ kind, data }) => kind === 'reasoning' || data.includes('"signature_delta"')),
  },
  'messages-tool-use': { does: 'a `tool_use` block with its input in deltas', knobs: { toolCalls: true } },
  'messages-usage-whole': {
    does: 'all counts of usage in `message_delta` too',
    chunk: onType('message_delta', (json, { request, cachedTokens, choiceTokens }) => ({
      ...json,
      usage: {
        input_tokens: request.promptTokens - (cachedTokens ?? 0),
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: cachedTokens ?? 0,
        output_tokens: choiceTokens[0],
      },
    })),
  },
  'messages-usage-late': {
    does: 'zeros in the usage of `message_start`, the counts in `message_delta` (LiteLLM)',
    chunk: (json, _, { request, choiceTokens, cachedTokens }) => {
      const usage = { input_tokens: 0, output_tokens: 0 };
      if (json['type'] === 'message_start') return { ...json, message: { ...(json['message'] as JsonObject), usage } };
      if (json['type'] !== 'message_delta') return json;
      const [cached, input_tokens] = [cachedTokens ?? 0, request.promptTokens - (cachedTokens ?? 0)];
      return { ...json, usage: { input_tokens, cache_read_input_tokens: cached, output_tokens: choiceTokens[0] } };
    },
  },
  'messages-done': { does: '[DONE] after `message_stop` (vLLM)', steps: closesWithDone },
  'messages-bare': { does: 'no `event:` lines', frame: withoutNames },
  'messages-unknown-event': {
    does: 'an event of a type that nobody knows between the tokens',
    steps: between({ type: 'model_status', load: 0.5 }, 'model_status'),
  },
};

/** Ways of answering of OpenAI's responses alone. */
const RESPONSES: Readonly<Record<string, Shape>> = {
  'responses-error': {
    does: '`event: error` with `code` and `message` after 4 tokens',
    steps: breakAfter(4, {
      name: 'error',
      data: {
        type: 'error',
        sequence_number: 8,
        code: 'server_error',
        message: 'The model is overloaded',
        param: null,
      },
    }),
  },
  'responses-error-object': {
    does: '`event: error` with an `error` object after 4 tokens',
    steps: breakAfter(4, {
      name: 'error',
      data: {
        type: 'error',
        sequence_number: 8,
        error: { type: 'tokens', code: 'rate_limit_exceeded', message: 'Rate limit reached', param: null },
      },
    }),
  },
  'responses-failed': { does: '`response.failed` in the place of the fifth token', knobs: { errorAt: 5 } },
  'responses-failed-first': { does: '`response.failed` in the place of the first token', knobs: { errorAt: 1 } },
  'responses-filtered': {
    does: '`response.incomplete` for `content_filter` after 5 tokens',
    knobs: { outputTokens: 5 },
    chunk: inResponse((response) => ({
      ...response,
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
    })),
    frame: (text) => text.replaceAll('response.completed', 'response.incomplete'),
  },
  'responses-reasoning': { does: 'reasoning as text, then the answer', knobs: { reasoningTokens: 4 } },
  'responses-summary': {
    does: 'reasoning as a summary, then the answer',
    knobs: { reasoningTokens: 4, reasoningSummary: true },
  },
  'responses-function-call': { does: 'a function call with its arguments in deltas', knobs: { toolCalls: true } },
  'responses-refusal': {
    does: 'the answer as a refusal',
    chunk: (json) =>
      JSON.parse(JSON.stringify(json).replaceAll('output_text', 'refusal').replaceAll('"text":"', '"refusal":"')),
    frame: (text) => text.replaceAll('event: response.output_text', 'event: response.refusal'),
  },
  'responses-queued': {
    does: '`response.queued` with the headers',
    steps: opensWith(({ id }) => ({ type: 'response.queued', response: { id, status: 'queued' } }), 'response.queued'),
  },
  'responses-keepalive': {
    does: '`event: keepalive` between the tokens',
    steps: between({ type: 'keepalive', sequence_number: 5 }, 'keepalive'),
  },
  'responses-at-once': {
    does: 'no deltas: the whole text in `response.output_text.done`',
    steps: without(({ tokens }) => tokens > 0),
  },
  'responses-no-usage': {
    does: '`"usage": null` at the end',
    chunk: inResponse((response) => ({ ...response, usage: null })),
  },
  'responses-done': { does: '[DONE] after `response.completed`', steps: closesWithDone },
  'responses-bare': { does: 'no `event:` lines', frame: withoutNames },
};

/** Ways of answering of one API alone. */
export const API_SHAPES: Readonly<Record<string, Shape>> = {
  ...forApi(ANTHROPIC_MESSAGES.path, MESSAGES),
  ...forApi(OPENAI_RESPONSES.path, RESPONSES),
};

const JSON_BODY = { 'content-type': 'application/json' };

function forApi(path: string, table: Readonly<Record<string, Shape>>): Record<string, Shape> {
  return Object.fromEntries(Object.entries(table).map(([name, shape]) => [name, { ...shape, api: path }]));
}

/** Changes the events of one type. */
function onType(type: string, change: (json: JsonObject, plan: AnswerPlan) => JsonObject): Chunk {
  return (json, _, plan) => (json['type'] === type ? change(json, plan) : json);
}

/** Changes the response where it has ended: in the last event, and in an answer without streaming. */
function inResponse(change: (response: JsonObject) => JsonObject): Chunk {
  const changeEnded = (response: JsonObject) => (response['status'] === 'completed' ? change(response) : response);
  return (json) => {
    if (json['object'] === 'response') return changeEnded(json);
    return json['response'] === undefined ? json : { ...json, response: changeEnded(json['response'] as JsonObject) };
  };
}

/** An answer of 5 tokens with another stop reason, in `message_delta` or in the whole message. */
function stopsWith(stop_reason: string, does: string, stop_sequence: string | null = null): Shape {
  return {
    does,
    knobs: { outputTokens: 5 },
    chunk: (json) => {
      if (json['type'] === 'message') return { ...json, stop_reason, stop_sequence };
      return json['type'] === 'message_delta' ? { ...json, delta: { stop_reason, stop_sequence } } : json;
    },
  };
}

function* closesWithDone(steps: Iterable<Step>): Generator<Step> {
  for (const step of steps) {
    yield step;
    if (!('end' in step) && step.kind === 'done') yield { due: step.due, kind: 'other', tokens: 0, data: '[DONE]' };
  }
}

function withoutNames(text: string): string {
  return text.replace(/^event: .*\n/, '');
}
