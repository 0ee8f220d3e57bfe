import type { RequestRecord } from '../measure/request-record.ts';

const FIELDS = [
  ...(['model', 'scenario', 'status', 'outcome', 'stream', 'ttft_rule', 'finish_reason', 'token_source'] as const),
  ...(['url', 'conversation', 'clock_steps', 'failure', 'index', 'end_ms', 'stage'] as const),
] as const satisfies readonly (keyof RequestRecord)[];

/**
 * What requests have in common that is not a number: model, outcome, status and so on, with those fields of the
 * first request that had them.
 */
export type RequestLabel = Pick<RequestRecord, (typeof FIELDS)[number]>;

/** Gives each label a number, from 0 in the order they came. */
export interface LabelTable {
  add(record: RequestRecord): number;
  readonly labels: readonly RequestLabel[];
}

/**
 * A run has a handful of labels; a server that names a new finish reason every time makes one a request. Of a turn that did not complete,
 * how many turns its conversation was to have is part of the label.
 */
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
    ...[
      record.model,
      record.url,
      record.scenario,
      record.status,
      record.outcome,
      failure?.kind,
      failure?.status,
      record.stream,
    ],
    ...[
      record.ttft_rule,
      record.finish_reason,
      record.token_source,
      conversation?.turn,
      record.outcome === 'completed' ? null : conversation?.turns,
      record.clock_steps === undefined,
      record.stage,
    ],
  ]);
}

function toLabel(record: RequestRecord): RequestLabel {
  const fields = FIELDS.filter((field) => record[field] !== undefined).map((field) => [field, record[field]]);
  return Object.fromEntries(fields) as RequestLabel;
}
