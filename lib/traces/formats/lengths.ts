import type { Turn } from '../../dataset/prompt.ts';
import { formatCount } from '../../shared/format-count.ts';
import type { JsonObject } from '../../shared/json.ts';
import { ofLength, readCount, readMoment, type TraceFormat } from '../trace-row.ts';

/** Azure's public traces (github.com/Azure/AzurePublicDataset): a date and two lengths. */
export const azure: TraceFormat = {
  name: 'azure',
  written: 'CSV: `TIMESTAMP`, `ContextTokens`, `GeneratedTokens`',
  fits: (row) => 'ContextTokens' in row && 'GeneratedTokens' in row,
  read: (row) => readLengths(row['TIMESTAMP'], row['ContextTokens'], row['GeneratedTokens'], null),
};

/** BurstGPT (github.com/HPMLL/BurstGPT): seconds and two lengths; a response of 0 tokens failed, and is left out. */
export const burstgpt: TraceFormat = {
  name: 'burstgpt',
  written: 'CSV: `Timestamp`, `Request tokens`, `Response tokens`; with `Session ID` where there is one',
  fits: (row) => 'Request tokens' in row && 'Response tokens' in row,
  read: (row) => {
    if (readCount(row['Response tokens']) === 0) return [];
    const session = typeof row['Session ID'] === 'string' && row['Session ID'] !== '' ? row['Session ID'] : null;
    return readLengths(row['Timestamp'], row['Request tokens'], row['Response tokens'], session);
  },
};

function readLengths(at: unknown, input: unknown, output: unknown, session: string | null) {
  const [at_ms, input_tokens, output_tokens] = [readMoment(at), readCount(input), readCount(output)];
  if (at_ms === null) return 'a row without a time';
  if (input_tokens === null || output_tokens === null) return 'a length that is not a whole number from 0';
  return [{ at_ms, session, input_tokens, turn: ofLength(input_tokens, output_tokens) }];
}

/** Agents of applied-compute/trie, as evalscope 1.14 plays them: lengths, and how long each tool takes; no times. */
export const trie: TraceFormat = {
  name: 'trie',
  written:
    'JSON lines: `input_prompt_length`, `num_turns`, `assistant_response_length`, `tool_call_output_length`, `tool_call_latency` (s), `final_assistant_response_length`',
  fits: (row) => 'input_prompt_length' in row && 'num_turns' in row,
  read: (row) => {
    const turns = readTurns(row);
    if (typeof turns === 'string') return turns;
    const [turn, ...next] = turns;
    return [{ at_ms: null, session: null, turn: turn as Turn, next }];
  },
};

/** num_turns tools were called, so there is one turn more; each is capped at the length that was recorded. */
function readTurns(row: JsonObject): Turn[] | string {
  const [input, count] = [readCount(row['input_prompt_length']), readCount(row['num_turns'])];
  const final = readCount(row['final_assistant_response_length']);
  const [replies, outputs] = [listCounts(row['assistant_response_length']), listCounts(row['tool_call_output_length'])];
  const waits = Array.isArray(row['tool_call_latency']) ? row['tool_call_latency'] : [];
  if (input === null || count === null || final === null) return 'a length that is not a whole number from 0';
  const lengths = [replies, outputs, waits].map(({ length }) => length);
  if (lengths.some((length) => length !== count))
    return `lists of ${lengths.join(', ')} for ${formatCount(count, 'turn')}`;
  if (!waits.every((wait) => typeof wait === 'number' && wait >= 0))
    return 'a "tool_call_latency" that is not a number from 0';
  const limits = [...replies, final];
  return limits.map((limit, place) => ({
    ...ofLength(place === 0 ? input : (outputs[place - 1] as number), limit),
    max_tokens: Math.max(1, limit),
    ...(place === 0 ? {} : { delay_ms: (waits[place - 1] as number) * 1000 }),
  }));
}

function listCounts(value: unknown): number[] {
  return Array.isArray(value) ? value.flatMap((entry) => readCount(entry) ?? []) : [];
}
