import type { AnswerPlan } from './answer-plan.ts';

/** Whether a stream carries usage at all. A plain answer always does, unless the knob says off. */
export function sendsUsage({ options, request }: AnswerPlan): boolean {
  return options.usage !== 'off' && (!request.stream || request.includeUsage || options.usageAlways);
}

/** The mode a stream's usage has, with the request's wish for a usage in every chunk granted. */
export function usageMode(plan: AnswerPlan): AnswerPlan['options']['usage'] {
  if (!sendsUsage(plan)) return 'off';
  const { usage } = plan.options;
  return usage === 'last' && plan.request.continuousUsage ? 'every-chunk' : usage;
}

/**
 * The JSON of a usage object, or of what some server sends in its place.
 *
 * `partial` lacks the completion tokens, `string` has numbers as strings, `negative` has -1 everywhere, `null` is null.
 */
export function formatUsage(plan: AnswerPlan, completionTokens: number, reasoningTokens: number): string {
  const mode = plan.options.usage;
  const prompt = plan.request.promptTokens;
  if (mode === 'null') return 'null';
  if (mode === 'partial') return JSON.stringify({ prompt_tokens: prompt });
  if (mode === 'negative') return '{"prompt_tokens":-1,"completion_tokens":-1,"total_tokens":-1}';
  const total = prompt + completionTokens;
  if (mode === 'string') {
    return JSON.stringify({
      prompt_tokens: String(prompt),
      completion_tokens: String(completionTokens),
      total_tokens: String(total),
    });
  }
  return JSON.stringify({
    prompt_tokens: prompt,
    completion_tokens: completionTokens,
    total_tokens: total,
    ...(plan.cachedTokens === null ? {} : { prompt_tokens_details: { cached_tokens: plan.cachedTokens } }),
    ...(plan.options.reasoningTokens === 0 || !plan.request.chat
      ? {}
      : { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  });
}

/** The closing usage: all tokens of all choices. */
export function totalUsage(plan: AnswerPlan): string {
  return formatUsage(plan, sum(plan.choiceTokens), sum(plan.choiceTokens.map((tokens) => reasoningOf(plan, tokens))));
}

/** How many of the first `tokens` tokens of a choice are reasoning. */
export function reasoningOf(plan: AnswerPlan, tokens: number): number {
  return plan.request.chat ? Math.min(plan.options.reasoningTokens, tokens) : 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
