import type { SelectorTag } from '../conditions/gate-names.ts';
import type { Gate } from '../conditions/gates.ts';
import { hostOf } from '../shared/host-of.ts';
import type { RequestLabel } from '../stats/request-label.ts';

/** Tags of requests as texts; null where a request has none, which matches no value. */
const READERS: Readonly<Record<SelectorTag, (label: RequestLabel) => string | null>> = {
  model: ({ model }) => model,
  url: ({ url }) => url ?? null,
  scenario: ({ scenario }) => scenario,
  // k6's own: 0 where there was no response.
  status: ({ status }) => String(status ?? 0),
  outcome: ({ outcome }) => outcome,
  kind: ({ failure }) => failure?.kind ?? null,
  stream: ({ stream }) => String(stream),
  finish_reason: ({ finish_reason }) => finish_reason,
  token_source: ({ token_source }) => token_source,
  stage: ({ stage }) => (stage === undefined ? null : String(stage)),
  turn: ({ conversation }) => (conversation === null ? null : String(conversation.turn)),
};

/** Whether a selector picks the requests of a label; a URL by its `host:port` as well, as the tables name it. */
export function matchesTags(label: RequestLabel, tags: Gate['tags']): boolean {
  return tags.every(({ name, value }) => {
    const own = READERS[name](label);
    return own === value || (name === 'url' && own !== null && hostOf(own) === value);
  });
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
