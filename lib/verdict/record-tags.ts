import type { SelectorTag } from '../conditions/gate-names.ts';
import type { Gate } from '../conditions/gates.ts';
import type { RequestLabel } from '../stats/request-label.ts';

/** A tag of requests as text; null where it has none, which matches no value. */
function readTag(label: RequestLabel, tag: SelectorTag): string | null {
  switch (tag) {
    case 'model':
      return label.model;
    case 'scenario':
      return label.scenario;
    case 'status':
      // k6's own: 0 stands for "no response".
      return String(label.status ?? 0);
    case 'outcome':
      return label.outcome;
    case 'kind':
      return label.failure?.kind ?? null;
    case 'stream':
      return String(label.stream);
    case 'finish_reason':
      return label.finish_reason;
    case 'token_source':
      return label.token_source;
    case 'turn':
      return label.conversation === null ? null : String(label.conversation.turn);
    default:
      return tag satisfies never;
  }
}

/** Whether a selector picks the requests of a label. */
export function matchesTags(label: RequestLabel, tags: Gate['tags']): boolean {
  return tags.every(({ name, value }) => readTag(label, name) === value);
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
