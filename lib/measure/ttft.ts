import type { Delta } from '../api/delta.ts';
import type { TtftRule } from '../shared/failure-kinds.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { RequestRecord } from './request-record.ts';

/** When a request's events first reached each stage, milliseconds since it was sent; null where none did. */
export type FirstStamps = Pick<
  RequestRecord,
  'first_event_ms' | 'first_choices_ms' | 'first_output_ms' | 'first_content_ms'
>;

/**
 * Time to first token: from just before the request is sent to the first event that the rule names.
 *
 * `first-output` (the default): content, reasoning, text or a tool call; a role-only or empty chunk is not a token.
 * `first-chunk`: the first event with `choices`, the rule of evalscope's quick start. `content`: the first visible answer text.
 * @returns null when no such event came
 */
export function computeTtft(stamps: FirstStamps, rule: TtftRule): Milliseconds | null {
  if (rule === 'first-chunk') return stamps.first_choices_ms;
  return rule === 'content' ? stamps.first_content_ms : stamps.first_output_ms;
}

/** Whether an event is one that ends TTFT by the rule, where none before it was. */
export function endsTtft({ hasChoices, hasContent, hasOutput }: Delta, rule: TtftRule): boolean {
  if (rule === 'first-chunk') return hasChoices;
  return rule === 'content' ? hasContent : hasOutput;
}
