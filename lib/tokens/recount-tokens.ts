import type { RequestRecord } from '../measure/request-record.ts';
import { computeTpot } from '../measure/tpot.ts';

/** How many tokens a text has. */
export type CountTokens = (text: string) => number;

function withoutText(record: RequestRecord): RequestRecord {
  const { prompt, response, ...rest } = record;
  return prompt === undefined && response === undefined ? record : rest;
}

function recount(record: RequestRecord, count: CountTokens): RequestRecord {
  const { prompt, response, token_source, outcome } = record;
  if (outcome !== 'completed' || token_source === 'usage' || response === undefined) return record;
  const outputTokens = count(response);
  return {
    ...record,
    input_tokens: record.input_tokens ?? (prompt === undefined ? null : count(prompt)),
    output_tokens: outputTokens,
    token_source: 'tokenizer',
    tpot_ms: computeTpot(record, outputTokens),
  };
}

/**
 * Counts the tokens of a request whose server sent no usage, from the texts in its record, and drops the texts.
 *
 * Only completed requests whose answer was kept are counted; others, and those with usage, keep their numbers. Input
 * tokens that are known (a part of usage, or counted when the dataset was prepared) stay. A count is of plain text: the
 * chat template's tokens are not in it, and tokens of reasoning and tool calls are, as far as the server sent their text.
 * @param keepText whether the texts stay in the record
 */
export function recountTokens(record: RequestRecord, count: CountTokens, keepText: boolean): RequestRecord {
  const counted = recount(record, count);
  return keepText ? counted : withoutText(counted);
}
