import type { SelectorTag } from '../conditions/gate-names.ts';
import type { Gate } from '../conditions/gates.ts';
import type { RequestRecord } from '../measure/request-record.ts';

/** A tag of a record as text; null where it has none, which matches no value. */
function readTag(record: RequestRecord, tag: SelectorTag): string | null {
  switch (tag) {
    case 'model':
      return record.model;
    case 'scenario':
      return record.scenario;
    case 'status':
      // k6's own: 0 stands for "no response".
      return String(record.status ?? 0);
    case 'outcome':
      return record.outcome;
    case 'kind':
      return record.failure?.kind ?? null;
    case 'stream':
      return String(record.stream);
    case 'finish_reason':
      return record.finish_reason;
    case 'token_source':
      return record.token_source;
    case 'turn':
      return record.conversation === null ? null : String(record.conversation.turn);
    default:
      return tag satisfies never;
  }
}

/** Whether a selector picks a record. */
export function matchesTags(record: RequestRecord, tags: Gate['tags']): boolean {
  return tags.every(({ name, value }) => readTag(record, name) === value);
}

/**
 * Whether a request that was sent and left no record may belong to a selection: it failed, aborted, without a response;
 * of its other tags nothing is known, and a gate does not get better by what is not known.
 */
export function mayMatchUnfinished(tags: Gate['tags']): boolean {
  return tags.every(({ name, value }) => {
    if (name === 'outcome') return value === 'failed';
    if (name === 'kind') return value === 'aborted';
    if (name === 'status') return value === '0';
    return name !== 'finish_reason' && name !== 'token_source';
  });
}
