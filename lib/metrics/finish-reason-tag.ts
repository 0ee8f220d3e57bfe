/** Finish reasons that k6's metrics tell apart, since its summary shows only tags that were named beforehand. */
const TAGGED_REASONS: readonly string[] = [
  ...['stop', 'length', 'tool_calls', 'function_call', 'content_filter'],
  // OpenAI's Responses, then Anthropic's Messages.
  ...['completed', 'max_output_tokens'],
  ...['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'refusal'],
];

/** Stands for the others, and for what is more than a table can hold. */
export const OTHER_REASON = 'other';

/** Every value of the tag. */
export const REASON_TAGS: readonly string[] = [...TAGGED_REASONS, OTHER_REASON];

/** The tag of a finish reason in k6's metrics. */
export function tagOfReason(reason: string): string {
  return TAGGED_REASONS.includes(reason) ? reason : OTHER_REASON;
}
