import type { ChatMessage } from '../../dataset/prompt.ts';
import { isObject, type JsonObject, parseJson } from '../../shared/json.ts';
import { readCount, readMoment, type TraceFormat, toLimits } from '../trace-row.ts';

/** Headers that belong to one connection or one client, and none that a replay may repeat. */
const NOT_REPLAYED =
  /^(authorization|proxy-.*|cookie|x-api-key|api-key|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|content-(length|encoding|type)|accept-encoding)$/i;

/** Fields of a body that the run sets: what is asked comes with the turn, and the run says how. */
const OF_THE_RUN: readonly string[] = [
  'messages',
  'model',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
];

/** evalscope's `workload_trace`: bodies of chat completions with the time each was sent. */
export const workloadTrace: TraceFormat = {
  name: 'workload-trace',
  written:
    'JSON lines: `body` (an object, or its JSON as text), `timestamp`, `headers`, `request_id`, `completion_tokens`',
  fits: (row) => 'body' in row && 'timestamp' in row,
  read(row) {
    const at_ms = readMoment(row['timestamp']);
    if (at_ms === null) return 'no "timestamp" that is a number or a date';
    const body = typeof row['body'] === 'string' ? parseJson(row['body']) : row['body'];
    if (!isObject(body)) return 'a "body" that is not a JSON object';
    const { messages } = body;
    if (!Array.isArray(messages) || messages.length === 0) return 'a "body" without "messages"';
    const output = readCount(row['completion_tokens']);
    const limit = readCount(body['max_tokens'] ?? body['max_completion_tokens']);
    const fields = pick(body, (key) => !OF_THE_RUN.includes(key));
    const headers = pick(isObject(row['headers']) ? row['headers'] : {}, (key) => !NOT_REPLAYED.test(key));
    const turn = {
      messages: messages as ChatMessage[],
      ...toLimits(output, limit),
      ...(fields === null ? {} : { body: fields }),
      ...(headers === null ? {} : { headers: headers as Readonly<Record<string, string>> }),
    };
    return [{ at_ms, session: null, turn }];
  },
};

/** null where nothing is left. */
function pick(from: JsonObject, isMeant: (key: string) => boolean): JsonObject | null {
  const entries = Object.entries(from).filter(([key]) => isMeant(key));
  return entries.length === 0 ? null : Object.fromEntries(entries);
}
