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
import { BadRequest, type ErrorDetail, type Json, type MockApi } from '../mock-api.ts';
import type { ChunkKind, StreamEvent } from '../step.ts';
import { usageOf } from '../usage.ts';
import { openAiError } from './openai-error.ts';

/** OpenAI's responses: output items with parts of content; `response.completed` or `response.incomplete` is the end. */
export const OPENAI_RESPONSES: MockApi = {
  path: '/v1/responses',
  idPrefix: 'resp_',
  keyHeader: 'authorization',
  promptFields: ['instructions', 'input'],
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
    const opening = { response: response(plan, 'in_progress') };
    let due = openingDue(plan);
    yield event('role', due, 'response.created', opening);
    yield event('other', due, 'response.in_progress', opening);
    due = plan.ttft;
    let open: Item | null = null;
    let index = -1;
    for (const output of planOutputs(plan)) {
      due = output.due;
      if (open === null || output.opens) {
        if (open !== null) yield* closingEvents(event, open, due);
        open = createItem(plan, output.kind, ++index);
        yield* startingEvents(event, open, due);
        for (let round = 0; index === 0 && round < plan.options.emptyChunks; round++) {
          yield event('empty', due, `${open.words}.delta`, { ...open.place, delta: '' });
        }
      }
      const delta = outputText(plan, output);
      open.text += delta;
      yield event(output.kind, due, `${open.words}.delta`, { ...open.place, delta }, output.to - output.from);
    }
    if (open !== null) yield* closingEvents(event, open, due);
    const status = statusOf(plan);
    yield event('done', due, `response.${status}`, { response: response(plan, status) });
  },
  whole: (plan) => response(plan, statusOf(plan)),
  error: openAiError,
  failure(plan, detail, sent) {
    const failed = { ...response(plan, 'failed'), error: { code: 'server_error', message: wordsOf(detail) } };
    return payload('response.failed', { sequence_number: sent, response: failed });
  },
  late: (plan) => {
    const { words, place } = createItem(plan, 'content', 0);
    return payload(`${words}.delta`, { ...place, delta: ' late' });
  },
};

/** Parameters of chat completions, and what they are here. */
const MOVED = { messages: 'input', max_tokens: 'max_output_tokens', max_completion_tokens: 'max_output_tokens' };

/** One item of the output, while it is written. */
interface Item {
  readonly kind: OutputKind;
  /** Where its events say that they belong. */
  readonly place: Json;
  /** What the names of its deltas begin with. */
  readonly words: string;
  /** What the names of the events around its part begin with; null without a part. */
  readonly partWords: string | null;
  text: string;
  /** The part that holds its text; null for a tool call, which has none. */
  part(text: string): Json | null;
  /** The item as it is: at first without its text, then with it. */
  json(text: string | null): Json;
}

function createItem(plan: AnswerPlan, kind: OutputKind, index: number): Item {
  const name = plan.id.slice('resp_'.length);
  switch (kind) {
    case 'content': {
      const part = (text: string) => ({ type: 'output_text', annotations: [], logprobs: [], text });
      const id = `msg_${name}`;
      return {
        kind,
        place: { item_id: id, output_index: index, content_index: 0 },
        words: 'response.output_text',
        partWords: 'response.content_part',
        text: '',
        part,
        json: (text) => ({
          id,
          type: 'message',
          status: statusOfItem(text),
          role: 'assistant',
          content: text === null ? [] : [part(text)],
        }),
      };
    }
    case 'reasoning': {
      const isSummary = plan.options.reasoningSummary;
      const part = (text: string) => ({ type: isSummary ? 'summary_text' : 'reasoning_text', text });
      const id = `rs_${name}`;
      return {
        kind,
        place: { item_id: id, output_index: index, [isSummary ? 'summary_index' : 'content_index']: 0 },
        words: isSummary ? 'response.reasoning_summary_text' : 'response.reasoning_text',
        partWords: isSummary ? 'response.reasoning_summary_part' : 'response.content_part',
        text: '',
        part,
        json: (text) => {
          const parts = text === null ? [] : [part(text)];
          return { id, type: 'reasoning', summary: isSummary ? parts : [], ...(isSummary ? {} : { content: parts }) };
        },
      };
    }
    case 'tool': {
      const id = `fc_${name}`;
      return {
        kind,
        place: { item_id: id, output_index: index },
        words: 'response.function_call_arguments',
        partWords: null,
        text: '',
        part: () => null,
        json: (text) => ({
          id,
          type: 'function_call',
          status: statusOfItem(text),
          arguments: text ?? '',
          call_id: `call_${name}`,
          name: 'search',
        }),
      };
    }
    default:
      return kind satisfies never;
  }
}

function statusOfItem(text: string | null): string {
  return text === null ? 'in_progress' : 'completed';
}

type NumberedEvent = (kind: ChunkKind, due: Milliseconds, type: string, fields: Json, tokens?: number) => StreamEvent;

function numberEvents(): NumberedEvent {
  let sequence = 0;
  return (kind, due, type, fields, tokens = 0) => ({
    due,
    kind,
    tokens,
    ...payload(type, { sequence_number: sequence++, ...fields }),
  });
}

function* startingEvents(event: NumberedEvent, item: Item, due: Milliseconds): Generator<StreamEvent> {
  const { place, partWords, kind } = item;
  const added = { output_index: place['output_index'], item: item.json(null) };
  yield event(kind === 'tool' ? 'tool' : 'other', due, 'response.output_item.added', added);
  if (partWords !== null) yield event('other', due, `${partWords}.added`, { ...place, part: item.part('') });
}

function* closingEvents(event: NumberedEvent, item: Item, due: Milliseconds): Generator<StreamEvent> {
  const { place, words, partWords, text, kind } = item;
  yield event('other', due, `${words}.done`, { ...place, [kind === 'tool' ? 'arguments' : 'text']: text });
  if (partWords !== null) yield event('other', due, `${partWords}.done`, { ...place, part: item.part(text) });
  const done = { output_index: place['output_index'], item: item.json(text) };
  yield event('other', due, 'response.output_item.done', done);
}

type Status = 'in_progress' | 'completed' | 'incomplete' | 'failed';

function statusOf(plan: AnswerPlan): Status {
  return endOf(plan, 0) === 'length' ? 'incomplete' : 'completed';
}

/** The response: with output and usage once it has ended in good order. */
function response(plan: AnswerPlan, status: Status): Json {
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
    output: outputs.map(({ kind, text }, index) => createItem(plan, kind, index).json(text)),
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

function wordsOf({ message = 'The server had an error', key = null }: ErrorDetail): string {
  return key === null ? message : `${message}: ${key}`;
}

function payload(type: string, fields: Json): { readonly name: string; readonly data: string } {
  return { name: type, data: JSON.stringify({ type, ...fields }) };
}
