import type { TtftRule } from '../shared/failure-kinds.ts';
import type { Milliseconds } from '../shared/units.ts';

/** When a request's events first reached each stage, milliseconds since it was sent; null where none did. */
export interface FirstStamps {
  readonly first_event_ms: Milliseconds | null;
  readonly first_choices_ms: Milliseconds | null;
  readonly first_output_ms: Milliseconds | null;
  readonly first_content_ms: Milliseconds | null;
}

/**
 * Time to first token: from just before the request is sent to the first event that the rule names.
 *
 * `first-output` (the default): content, reasoning, text or a tool call; a role-only or empty chunk is no token.
 * `first-chunk`: the first event with `choices`, the rule of evalscope's quick start. `content`: the first visible answer text.
 * @returns null when no such event came
 */
export function computeTtft(stamps: FirstStamps, rule: TtftRule): Milliseconds | null {
  switch (rule) {
    case 'first-output':
      return stamps.first_output_ms;
    case 'first-chunk':
      return stamps.first_choices_ms;
    case 'content':
      return stamps.first_content_ms;
    default:
      return rule satisfies never;
  }
}
