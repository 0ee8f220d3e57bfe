import type { JsonObject } from '../../shared/json.ts';
import { ofLength, readCount, readMoment, type TraceFormat, type TraceRow } from '../trace-row.ts';

/** Mooncake's traces (github.com/kvcache-ai/Mooncake): milliseconds, a hash for each 512 tokens of the prompt. */
export const mooncake: TraceFormat = {
  name: 'mooncake',
  written: 'JSON lines: `timestamp` in ms, `input_length`, `output_length`, `hash_ids` of 512 tokens each',
  fits: (row) => 'hash_ids' in row && 'input_length' in row && !('chat_id' in row),
  read: (row) => {
    const { timestamp } = row;
    if (typeof timestamp !== 'number' || timestamp < 0) return 'no "timestamp" in ms';
    return readHashed(row, timestamp, 512);
  },
};

/**
 * Alibaba's Bailian traces (github.com/alibaba-edu/qwen-bailian-usagetraces-anon): seconds, a hash for each 16 tokens. A
 * request names the one before it in its conversation; each has the whole prompt.
 */
export function createBailian(): TraceFormat {
  const roots = new Map<string, string>();
  return {
    name: 'bailian',
    written: 'JSON lines: `chat_id`, `parent_chat_id`, `timestamp` in s, lengths, `hash_ids` of 16 tokens each',
    fits: (row) => 'hash_ids' in row && 'chat_id' in row,
    read(row) {
      const at = readMoment(row['timestamp']);
      if (at === null) return 'no "timestamp" in s';
      const rows = readHashed(row, at, 16);
      if (typeof rows === 'string') return rows;
      const [id, parent] = [String(row['chat_id']), String(row['parent_chat_id'] ?? -1)];
      const session = roots.get(parent) ?? id;
      roots.set(id, session);
      return rows.map((one) => ({ ...one, session, turn: { ...one.turn, restarts: true } }));
    },
  };
}

function readHashed(row: JsonObject, at_ms: number, size: number): TraceRow[] | string {
  const [input, output] = [readCount(row['input_length']), readCount(row['output_length'])];
  const { hash_ids: blocks } = row;
  if (input === null || input === 0) return 'no "input_length" from 1';
  if (!Array.isArray(blocks)) return '"hash_ids" that are not an array';
  const { messages, ...turn } = ofLength(input, output);
  const hashed = messages.map((message) => ({ ...message, blocks, block_tokens: size }));
  return [{ at_ms, session: null, turn: { ...turn, messages: hashed } }];
}
