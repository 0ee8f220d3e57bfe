import type { RequestRecord } from '../measure/request-record.ts';

/**
 * What requests have in common that are told apart by no number: model, outcome, status and so on, with those fields of the
 * first request that had them.
 */
export type RequestLabel = Pick<
  RequestRecord,
  | 'model'
  | 'scenario'
  | 'status'
  | 'outcome'
  | 'stream'
  | 'ttft_rule'
  | 'finish_reason'
  | 'token_source'
  | 'conversation'
  | 'clock_steps'
  | 'failure'
  | 'index'
  | 'end_ms'
>;

/** Gives each label a number, from 0 in the order they came. */
export interface LabelTable {
  add(record: RequestRecord): number;
  readonly labels: readonly RequestLabel[];
}

/** A run has a handful of labels; a server that names a new finish reason every time makes one a request. */
export function createLabelTable(): LabelTable {
  const labels: RequestLabel[] = [];
  const numbers = new Map<string, number>();
  return {
    add(record) {
      const key = keyOf(record);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, labels.length);
      return labels.push(toLabel(record)) - 1;
    },
    labels,
  };
}

function keyOf(record: RequestRecord): string {
  const { failure, conversation } = record;
  return JSON.stringify([
    ...[record.model, record.scenario, record.status, record.outcome, failure?.kind, failure?.status, record.stream],
    ...[
      record.ttft_rule,
      record.finish_reason,
      record.token_source,
      conversation?.turn,
      record.clock_steps === undefined,
    ],
  ]);
}

function toLabel(record: RequestRecord): RequestLabel {
  const { model, scenario, status, outcome, stream, ttft_rule, finish_reason, token_source, conversation } = record;
  const { clock_steps, failure, index, end_ms } = record;
  return {
    ...{ model, scenario, status, outcome, stream, ttft_rule, finish_reason, token_source, conversation },
    ...{ failure, index, end_ms, ...(clock_steps === undefined ? {} : { clock_steps }) },
  };
}
