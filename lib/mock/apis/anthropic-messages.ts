import { isObject, type JsonObject } from '../../shared/json.ts';
import type { Milliseconds } from '../../shared/units.ts';
import {
  type AnswerPlan,
  endOf,
  type OutputKind,
  openingDue,
  outputText,
  planOutputs,
  wholeOutputs,
} from '../answer-plan.ts';
import { BadRequest, type ErrorDetail, type MockApi, messageOf } from '../mock-api.ts';
import type { ChunkKind, StreamEvent } from '../step.ts';
import { usageOf } from '../usage.ts';

/** Anthropic's messages: blocks of content with an index each; `message_stop` is the end. */
export const ANTHROPIC_MESSAGES: MockApi = {
  path: '/v1/messages',
  idPrefix: 'msg_',
  keyHeader: 'x-api-key',
  promptFields: ['system', 'messages'],
  picturesIn: ({ type, source }) => {
    if (type !== 'image' || !isObject(source)) return [];
    return [source['type'] === 'base64' ? source['data'] : source['url']];
  },
  limitFields: ['max_tokens'],
  otherFields: [
    ...['model', 'stream', 'stop_sequences', 'temperature', 'top_k', 'top_p', 'metadata', 'tools', 'tool_choice'],
    ...['thinking', 'service_tier', 'container', 'context_management', 'mcp_servers', 'output_config'],
  ],
  check(body, headers) {
    if (headers['anthropic-version'] === undefined) throw new BadRequest('anthropic-version: header is required');
    for (const key of ['model', 'max_tokens', 'messages']) {
      if (body[key] === undefined) throw new BadRequest(`${key}: Field required`);
    }
    if (!(Number(body['max_tokens']) >= 1)) {
      throw new BadRequest('max_tokens: Input should be greater than or equal to 1');
    }
    checkMessages(body['messages']);
  },
  *events(plan) {
    yield event('role', openingDue(plan), 'message_start', { message: message(plan, [], null) });
    let index = -1;
    let open: OutputKind | null = null;
    let due = plan.ttft;
    for (const output of planOutputs(plan)) {
      due = output.due;
      const { start, delta } = BLOCKS[output.kind];
      if (output.opens) {
        if (open !== null) yield* closingEvents(open, index, due);
        open = output.kind;
        yield event(open === 'tool' ? 'tool' : 'other', due, 'content_block_start', {
          index: ++index,
          content_block: start(plan),
        });
        if (index === 0) yield event('other', due, 'ping', {});
        for (let round = 0; index === 0 && round < plan.options.emptyChunks; round++) {
          yield event('empty', due, 'content_block_delta', { index, delta: delta('') });
        }
      }
      const fields = { index, delta: delta(outputText(plan, output)) };
      yield event(output.kind, due, 'content_block_delta', fields, output.to - output.from);
    }
    if (open !== null) yield* closingEvents(open, index, due);
    const usage = usageOf(plan, { output_tokens: plan.choiceTokens[0] as number });
    yield event('finish', due, 'message_delta', {
      delta: { stop_reason: stopReason(plan), stop_sequence: null },
      usage,
    });
    yield event('done', due, 'message_stop', {});
  },
  whole(plan) {
    const content = wholeOutputs(plan, 0).map(({ kind, text }) => BLOCKS[kind].whole(plan, text));
    return message(plan, content, stopReason(plan));
  },
  error: (status, detail) => JSON.stringify({ ...errorBody(status, detail), request_id: 'req_mock' }),
  failure: (_, detail) => ({ name: 'error', data: JSON.stringify(errorBody(500, detail)) }),
  late: () => payload('content_block_delta', { index: 0, delta: BLOCKS.content.delta(' late') }),
};

/** A block as its start, its deltas and the whole message have it. */
interface Block {
  start(plan: AnswerPlan): JsonObject;
  delta(text: string): JsonObject;
  whole(plan: AnswerPlan, text: string): JsonObject;
}

const SIGNATURE = 'EqoBCkgIBRABGAIiQL2mock';

const BLOCKS: Readonly<Record<OutputKind, Block>> = {
  content: {
    start: () => ({ type: 'text', text: '' }),
    delta: (text) => ({ type: 'text_delta', text }),
    whole: (_, text) => ({ type: 'text', text }),
  },
  reasoning: {
    start: () => ({ type: 'thinking', thinking: '', signature: '' }),
    delta: (thinking) => ({ type: 'thinking_delta', thinking }),
    whole: (_, thinking) => ({ type: 'thinking', thinking, signature: SIGNATURE }),
  },
  tool: {
    start: (plan) => toolUse(plan, {}),
    delta: (text) => ({ type: 'input_json_delta', partial_json: text }),
    whole: (plan, text) => toolUse(plan, JSON.parse(text)),
  },
};

function toolUse(plan: AnswerPlan, input: unknown): JsonObject {
  return { type: 'tool_use', id: plan.id.replace('msg_', 'toolu_'), name: 'search', input };
}

/** A thinking block is signed before it ends. */
function* closingEvents(kind: OutputKind, index: number, due: Milliseconds): Generator<StreamEvent> {
  if (kind === 'reasoning') {
    yield event('other', due, 'content_block_delta', {
      index,
      delta: { type: 'signature_delta', signature: SIGNATURE },
    });
  }
  yield event('other', due, 'content_block_stop', { index });
}

/** The message: at its start empty, with one token counted and no reason, or whole. */
function message(plan: AnswerPlan, content: readonly JsonObject[], reason: string | null): JsonObject {
  const cached = plan.cachedTokens ?? 0;
  const counts = {
    input_tokens: plan.request.promptTokens - cached,
    output_tokens: reason === null ? 1 : (plan.choiceTokens[0] as number),
  };
  const caches = { cache_creation_input_tokens: 0, cache_read_input_tokens: cached };
  return {
    id: plan.id,
    type: 'message',
    role: 'assistant',
    model: plan.request.model,
    content,
    stop_reason: reason,
    stop_sequence: null,
    usage: usageOf(plan, counts, { ...caches, service_tier: 'standard' }),
  };
}

function stopReason(plan: AnswerPlan): string {
  return { length: 'max_tokens', tool: 'tool_use', stop: 'end_turn' }[endOf(plan, 0)];
}

function payload(type: string, fields: JsonObject): { readonly name: string; readonly data: string } {
  return { name: type, data: JSON.stringify({ type, ...fields }) };
}

function event(kind: ChunkKind, due: Milliseconds, type: string, fields: JsonObject, tokens = 0): StreamEvent {
  return { due, kind, tokens, ...payload(type, fields) };
}

function checkMessages(messages: unknown): void {
  if (!Array.isArray(messages)) throw new BadRequest('messages: Input should be a valid list');
  if (messages.length === 0) throw new BadRequest('messages: at least one message is required');
  for (const [index, message] of messages.entries()) {
    const role = (message as JsonObject | null)?.['role'];
    if (role === 'system') {
      throw new BadRequest(
        'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
      );
    }
    if (role !== 'user' && role !== 'assistant') {
      throw new BadRequest(`messages.${index}.role: Input should be 'user' or 'assistant'`);
    }
  }
}

const ERRORS: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ['invalid_request_error', 'The request is not valid'],
  401: ['authentication_error', 'invalid x-api-key'],
  402: ['billing_error', 'Your credit balance is too low'],
  403: ['permission_error', 'Your API key does not have permission to use the specified resource'],
  404: ['not_found_error', 'The requested resource could not be found'],
  413: ['request_too_large', 'Request exceeds the maximum size'],
  429: ['rate_limit_error', 'This request would exceed the rate limit of your organization'],
  504: ['timeout_error', 'The request timed out'],
  529: ['overloaded_error', 'Overloaded'],
};

function errorBody(status: number, detail: ErrorDetail = {}): JsonObject {
  const [type, text] =
    ERRORS[status] ??
    (status < 500 ? ['invalid_request_error', 'The request failed'] : ['api_error', 'Internal server error']);
  return { type: 'error', error: { type, message: messageOf(detail, text) } };
}
