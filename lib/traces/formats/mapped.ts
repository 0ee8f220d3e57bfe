import type { ChatMessage } from '../../dataset/prompt.ts';
import { isObject, type JsonObject, parseJson } from '../../shared/json.ts';
import { ownValue } from '../../shared/own-value.ts';
import { ofLength, readCount, readMoment, type TraceFormat, toLimits } from '../trace-row.ts';

/** What a line of a log may tell, by the names of a mapping, and where it is looked for without one. */
export const MAPPED_FIELDS = {
  at: ['timestamp', 'time', 'ts', 'start_time', 'startTime', 'created_at', 'request_time'],
  session: ['session_id', 'conversation_id', 'sessionId', 'conversation'],
  messages: ['messages', 'request.messages', 'body.messages', 'input'],
  prompt: ['prompt', 'request.prompt', 'question'],
  input_tokens: [
    'input_tokens',
    'prompt_tokens',
    'usage.prompt_tokens',
    'usage.input_tokens',
    'response.usage.prompt_tokens',
  ],
  output_tokens: [
    'output_tokens',
    'completion_tokens',
    'usage.completion_tokens',
    'usage.output_tokens',
    'response.usage.completion_tokens',
  ],
  duration_ms: ['duration_ms', 'latency_ms', 'response_time_ms'],
  max_tokens: ['max_tokens', 'request.max_tokens'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type MappedField = keyof typeof MAPPED_FIELDS;

/** Where in a line each field is, as `usage.prompt_tokens`. */
export type FieldMap = Readonly<Partial<Record<MappedField, string>>>;

/** Logs of a gateway, or any rows that tell a time, and a prompt or its length. */
export function createMapped(map: FieldMap): TraceFormat {
  const find = (row: JsonObject, field: MappedField): unknown => {
    const given = map[field];
    for (const path of given === undefined ? MAPPED_FIELDS[field] : [given]) {
      const value = valueAt(row, path);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  };
  return {
    name: 'log',
    written:
      'JSON lines or CSV by a mapping: `--map at=ts,messages=request.messages,output_tokens=usage.completion_tokens`',
    fits: (row) => readMoment(find(row, 'at')) !== null,
    read(row) {
      const at_ms = readMoment(find(row, 'at'));
      if (at_ms === null) return 'no time: --map at=FIELD names the field';
      const messages = readMessages(find(row, 'messages')) ?? readMessages(find(row, 'prompt'));
      const [input, output] = [readCount(find(row, 'input_tokens')), readCount(find(row, 'output_tokens'))];
      if (messages === null && (input === null || input === 0))
        return 'neither a prompt nor its length: --map messages=FIELD or input_tokens=FIELD names the field';
      const [limit, duration] = [readCount(find(row, 'max_tokens')), Number(find(row, 'duration_ms') ?? Number.NaN)];
      const session = find(row, 'session');
      const turn = messages === null ? ofLength(input as number, output) : { messages };
      return [
        {
          at_ms,
          session: typeof session === 'string' || typeof session === 'number' ? String(session) : null,
          ...(messages === null ? { input_tokens: input as number } : {}),
          turn: {
            ...turn,
            ...toLimits(output, limit),
            ...(duration >= 0 && Number.isFinite(duration) ? { duration_ms: duration } : {}),
          },
        },
      ];
    },
  };
}

function valueAt(row: JsonObject, path: string): unknown {
  if (Object.hasOwn(row, path)) return row[path];
  let value: unknown = row;
  for (const key of path.split('.')) {
    if (typeof value === 'string') value = parseJson(value);
    value = isObject(value) ? ownValue(value, key) : undefined;
  }
  return value;
}

/** An array of messages, its JSON, or a text; null where it is none. */
function readMessages(value: unknown): ChatMessage[] | null {
  const parsed = typeof value === 'string' && /^\s*\[/.test(value) ? parseJson(value) : value;
  if (typeof parsed === 'string' && parsed.trim() !== '') return [{ role: 'user', content: parsed }];
  const isRight =
    Array.isArray(parsed) &&
    parsed.length > 0 &&
    parsed.every((entry) => isObject(entry) && typeof entry['role'] === 'string');
  return isRight ? (parsed as ChatMessage[]) : null;
}

export function isMappedField(word: string): word is MappedField {
  return Object.hasOwn(MAPPED_FIELDS, word);
}
