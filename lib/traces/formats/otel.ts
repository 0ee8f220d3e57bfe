import type { ChatMessage } from '../../dataset/prompt.ts';
import { isObject, type JsonObject, parseJson } from '../../shared/json.ts';
import { ofLength, readCount, readMoment, type TraceFormat, type TraceRow, toLimits } from '../trace-row.ts';

/**
 * Spans of OpenTelemetry's conventions for generative AI: one a line as exporters to files write them (attributes as an
 * object), or OTLP's JSON, many in one. Spans of other kinds are passed over.
 */
export const otel: TraceFormat = {
  name: 'otel',
  written:
    'JSON lines: spans with `gen_ai.…` attributes, as OTLP (`resourceSpans`) or one a line with `attributes` as an object',
  fits: (row) =>
    'resourceSpans' in row ||
    (isObject(row['attributes']) && Object.keys(row['attributes']).some((key) => key.startsWith('gen_ai.'))),
  read(row) {
    const rows: TraceRow[] = [];
    for (const span of listSpans(row)) {
      const read = readSpan(span);
      if (typeof read === 'string') return read;
      if (read !== null) rows.push(read);
    }
    return rows;
  },
};

function listSpans(row: JsonObject): JsonObject[] {
  const lists = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
  if (!('resourceSpans' in row)) return [row];
  return lists(row['resourceSpans']).flatMap((resource) =>
    lists(resource['scopeSpans']).flatMap((scope) => lists(scope['spans'])),
  );
}

/** null: a span of something else. */
function readSpan(span: JsonObject): TraceRow | string | null {
  const attributes = readAttributes(span['attributes']);
  const operation = attributes['gen_ai.operation.name'];
  const input = readCount(attributes['gen_ai.usage.input_tokens'] ?? attributes['gen_ai.usage.prompt_tokens']);
  const output = readCount(attributes['gen_ai.usage.output_tokens'] ?? attributes['gen_ai.usage.completion_tokens']);
  const messages = readMessages(attributes);
  if (messages === null && input === null) return null;
  if (typeof operation === 'string' && !/^(chat|text_completion|generate_content)$/.test(operation)) return null;
  const [start, end] = [
    span['startTimeUnixNano'] ?? span['start_time'] ?? span['startTime'],
    span['endTimeUnixNano'] ?? span['end_time'] ?? span['endTime'],
  ];
  const [at_ms, end_ms] = [readMoment(start), readMoment(end)];
  if (at_ms === null) return 'a span without the time of its start';
  const session = attributes['gen_ai.conversation.id'];
  const limit = readCount(attributes['gen_ai.request.max_tokens']);
  const turn = messages === null ? ofLength(input as number, output) : { messages };
  return {
    at_ms,
    session: typeof session === 'string' && session !== '' ? session : null,
    ...(messages === null && input !== null ? { input_tokens: input } : {}),
    turn: {
      ...turn,
      ...toLimits(output, limit),
      ...(end_ms === null || end_ms < at_ms ? {} : { duration_ms: Math.round(end_ms - at_ms) }),
    },
  };
}

/** An object, or OTLP's list of keys with typed values. */
function readAttributes(value: unknown): JsonObject {
  if (isObject(value)) return value;
  if (!Array.isArray(value)) return {};
  return Object.fromEntries(value.filter(isObject).map(({ key, value: typed }) => [String(key), readTyped(typed)]));
}

function readTyped(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue } = value;
  if (isObject(arrayValue) && Array.isArray(arrayValue['values'])) return arrayValue['values'].map(readTyped);
  if (isObject(kvlistValue)) return readAttributes(kvlistValue['values']);
  return stringValue ?? (intValue === undefined ? undefined : Number(intValue)) ?? doubleValue ?? boolValue;
}

/** The messages of a span, its system instructions first; null where it keeps none. */
function readMessages(attributes: JsonObject): ChatMessage[] | null {
  const list = (key: string): unknown[] => {
    const value = attributes[key];
    const parsed = typeof value === 'string' ? parseJson(value) : value;
    return Array.isArray(parsed) ? parsed : [];
  };
  const asked = list('gen_ai.input.messages').flatMap((message) => (isObject(message) ? toMessages(message) : []));
  if (asked.length === 0) return null;
  const system = textOfParts(list('gen_ai.system_instructions'));
  return system === '' ? asked : [{ role: 'system', content: system }, ...asked];
}

/** A message of the conventions, whose parts are texts, calls of tools, and their answers. */
function toMessages({ role, parts, content }: JsonObject): ChatMessage[] {
  const name = typeof role === 'string' ? role : 'user';
  if (!Array.isArray(parts)) return [{ role: name, content: typeof content === 'string' ? content : '' }];
  const list = parts.filter(isObject);
  const calls = list
    .filter(({ type }) => type === 'tool_call')
    .map(({ id, name: tool, arguments: given }) => ({
      id,
      type: 'function',
      function: { name: tool, arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}) },
    }));
  const answers = list
    .filter(({ type }) => type === 'tool_call_response')
    .map(({ id, response, result }) => {
      const said = response ?? result;
      return { role: 'tool', tool_call_id: id, content: typeof said === 'string' ? said : JSON.stringify(said ?? '') };
    });
  if (answers.length > 0) return answers;
  const text = textOfParts(list);
  return [
    {
      role: name,
      content: text === '' && calls.length > 0 ? null : text,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    },
  ];
}

function textOfParts(parts: readonly unknown[]): string {
  return parts
    .flatMap((part) => (isObject(part) && typeof part['content'] === 'string' ? [part['content']] : []))
    .join('\n');
}
