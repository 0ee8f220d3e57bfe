import type { JsonObject } from '../../shared/json.ts';
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
import { BadRequest, type MockApi, messageOf } from '../mock-api.ts';
import type { ChunkKind, StreamEvent } from '../step.ts';
import { usageOf } from '../usage.ts';
import { openAiError } from './openai-error.ts';

/** OpenAI's responses: output items with parts of content; `response.completed` or `response.incomplete` is the end. */
export const OPENAI_RESPONSES: MockApi = {
  path: '/v1/responses',
  idPrefix: 'resp_',
  keyHeader: 'authorization',
  promptFields: ['instructions', 'input'],
  picturesIn: ({ type, image_url: url }) => (type === 'input_image' ? [url] : []),
  limitFields: ['max_output_tokens'],
  otherFields: [
    ...['model', 'stream', 'stream_options', 'background', 'conversation', 'include', 'max_tool_calls', 'metadata'],
    ...['parallel_tool_calls', 'previous_response_id', 'prompt', 'prompt_cache_key', 'reasoning', 'safety_identifier'],
    ...['service_tier', 'store', 'temperature', 'text', 'tool_choice', 'tools', 'top_logprobs', 'top_p', 'truncation'],
    'user',
  ],
  check(body) {
    for (const [field, moved] of Object.entries(MOVED)) {
      if (body[field] !== undefined) {
        throw new BadRequest(
          `Unsupported parameter: '${field}'. In the Responses API, this parameter has moved to '${moved}'.`,
          field,
          'unsupported_parameter',
        );
      }
    }
    const { input } = body;
    if (input === undefined) {
      throw new BadRequest("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
    }
    if (typeof input !== 'string' && !Array.isArray(input)) {
      throw new BadRequest("Invalid type for 'input': expected a string or an array.", 'input', 'invalid_type');
    }
  },
  *events(plan) {
    const event = numberEvents();
    const opening = members({ response: response(plan, 'in_progress') });
    let due = openingDue(plan);
    yield event('role', due, 'response.created', opening);
    yield event('other', due, 'response.in_progress', opening);
    due = plan.ttft;
    let item: Item | null = null;
    let index = 0;
    let text = '';
    for (const output of planOutputs(plan)) {
      due = output.due;
      if (item === null || output.opens) {
        if (item !== null) yield* closingEvents(event, item, text, due);
        item = createItem(plan, output.kind, index++);
        text = '';
        yield* startingEvents(event, item, due);
        for (let round = 0; index === 1 && round < plan.options.emptyChunks; round++) {
          yield event('empty', due, `${item.words}.delta`, `${item.place},"delta":""`);
        }
      }
      const delta = outputText(plan, output);
      text += delta;
      const fields = `${item.place},"delta":${JSON.stringify(delta)}`;
      yield event(output.kind, due, `${item.words}.delta`, fields, output.to - output.from);
    }
    if (item !== null) yield* closingEvents(event, item, text, due);
    const status = statusOf(plan);
    yield event('done', due, `response.${status}`, members({ response: response(plan, status) }));
  },
  whole: (plan) => response(plan, statusOf(plan)),
  error: openAiError,
  failure(plan, detail, sent) {
    const error = { code: 'server_error', message: messageOf(detail, 'The server had an error') };
    return payload('response.failed', sent, members({ response: { ...response(plan, 'failed'), error } }));
  },
  late(plan) {
    const { words, place } = createItem(plan, 'content', 0);
    return payload(`${words}.delta`, 999_999, `${place},"delta":" late"`);
  },
};

/** Parameters of chat completions, and what they are here. */
const MOVED = { messages: 'input', max_tokens: 'max_output_tokens', max_completion_tokens: 'max_output_tokens' };

/** A kind of item of the output. */
interface ItemKind {
  readonly idPrefix: string;
  /** What the names of its deltas begin with. */
  readonly words: string;
  /** What its text is called where it is whole. */
  readonly field: 'text' | 'arguments';
  /** The part that holds the text: what the names of its events begin with, its place in the item, and the part. */
  readonly part: { readonly words: string; readonly index: string; json(text: string): JsonObject } | null;
  /** The item: with its part and text, or at first without. */
  json(parts: readonly JsonObject[], text: string): JsonObject;
}

const ITEMS: Readonly<Record<OutputKind | 'summary', ItemKind>> = {
  content: {
    idPrefix: 'msg_',
    words: 'response.output_text',
    field: 'text',
    part: {
      words: 'response.content_part',
      index: 'content_index',
      json: (text) => ({ type: 'output_text', annotations: [], logprobs: [], text }),
    },
    json: (parts) => ({ type: 'message', status: statusOfItem(parts), role: 'assistant', content: parts }),
  },
  reasoning: {
    idPrefix: 'rs_',
    words: 'response.reasoning_text',
    field: 'text',
    part: {
      words: 'response.content_part',
      index: 'content_index',
      json: (text) => ({ type: 'reasoning_text', text }),
    },
    json: (parts) => ({ type: 'reasoning', summary: [], content: parts }),
  },
  summary: {
    idPrefix: 'rs_',
    words: 'response.reasoning_summary_text',
    field: 'text',
    part: {
      words: 'response.reasoning_summary_part',
      index: 'summary_index',
      json: (text) => ({ type: 'summary_text', text }),
    },
    json: (parts) => ({ type: 'reasoning', summary: parts }),
  },
  tool: {
    idPrefix: 'fc_',
    words: 'response.function_call_arguments',
    field: 'arguments',
    part: null,
    json: (_, text) => ({ type: 'function_call', status: statusOfItem(text), arguments: text, name: 'search' }),
  },
};

function statusOfItem({ length }: string | readonly unknown[]): string {
  return length === 0 ? 'in_progress' : 'completed';
}

/** One item of an answer. */
interface Item extends ItemKind {
  /** JSON members that say where its events belong. */
  readonly place: string;
  readonly index: number;
  /** The item as it is with this text. */
  whole(text: string): JsonObject;
}

function createItem(plan: AnswerPlan, output: OutputKind, index: number): Item {
  const kind = ITEMS[output === 'reasoning' && plan.options.reasoningSummary ? 'summary' : output];
  const name = plan.id.slice('resp_'.length);
  const id = `${kind.idPrefix}${name}`;
  const place = { item_id: id, output_index: index, ...(kind.part === null ? {} : { [kind.part.index]: 0 }) };
  const call = kind.part === null ? { call_id: `call_${name}` } : {};
  return {
    ...kind,
    place: members(place),
    index,
    whole(text) {
      const parts = kind.part === null || text === '' ? [] : [kind.part.json(text)];
      return { id, ...kind.json(parts, text), ...call };
    },
  };
}

type NumberedEvent = (kind: ChunkKind, due: Milliseconds, type: string, fields: string, tokens?: number) => StreamEvent;

function numberEvents(): NumberedEvent {
  let sequence = 0;
  return (kind, due, type, fields, tokens = 0) => ({ due, kind, tokens, ...payload(type, sequence++, fields) });
}

function* startingEvents(event: NumberedEvent, item: Item, due: Milliseconds): Generator<StreamEvent> {
  const { place, part, index } = item;
  const added = members({ output_index: index, item: item.whole('') });
  yield event(part === null ? 'tool' : 'other', due, 'response.output_item.added', added);
  if (part !== null) yield event('other', due, `${part.words}.added`, `${place},${members({ part: part.json('') })}`);
}

function* closingEvents(event: NumberedEvent, item: Item, text: string, due: Milliseconds): Generator<StreamEvent> {
  const { place, words, field, part, index } = item;
  yield event('other', due, `${words}.done`, `${place},${members({ [field]: text })}`);
  if (part !== null) yield event('other', due, `${part.words}.done`, `${place},${members({ part: part.json(text) })}`);
  yield event('other', due, 'response.output_item.done', members({ output_index: index, item: item.whole(text) }));
}

/** The members of an object as JSON, without its braces. */
function members(fields: JsonObject): string {
  return JSON.stringify(fields).slice(1, -1);
}

function payload(type: string, sequence: number, fields: string): { readonly name: string; readonly data: string } {
  return { name: type, data: `{"type":"${type}","sequence_number":${sequence},${fields}}` };
}

type Status = 'in_progress' | 'completed' | 'incomplete' | 'failed';

function statusOf(plan: AnswerPlan): Status {
  return endOf(plan, 0) === 'length' ? 'incomplete' : 'completed';
}

/** The response: with output and usage once it has ended in good order. */
function response(plan: AnswerPlan, status: Status): JsonObject {
  const { id, created, request } = plan;
  const hasEnded = status === 'completed' || status === 'incomplete';
  const outputs = hasEnded ? wholeOutputs(plan, 0) : [];
  return {
    id,
    object: 'response',
    created_at: created,
    status,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: null,
    max_output_tokens: request.maxTokens,
    model: request.model,
    output: outputs.map(({ kind, text }, index) => createItem(plan, kind, index).whole(text)),
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: hasEnded ? responseUsage(plan) : null,
    user: null,
    metadata: {},
  };
}

function responseUsage(plan: AnswerPlan): unknown {
  const input = plan.request.promptTokens;
  const output = plan.choiceTokens[0] as number;
  return usageOf(
    plan,
    { input_tokens: input, output_tokens: output, total_tokens: input + output },
    {
      input_tokens_details: { cached_tokens: plan.cachedTokens ?? 0 },
      output_tokens_details: { reasoning_tokens: plan.reasoningTokens[0] },
    },
  );
}
