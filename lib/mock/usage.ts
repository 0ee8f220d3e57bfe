import type { JsonObject } from '../shared/json.ts';
import type { AnswerPlan } from './answer-plan.ts';

/**
 * A usage object in the words of an API, or what some server sends in its place; undefined where there is none.
 *
 * `partial` has the input alone, `string` has numbers as strings, `negative` has -1 everywhere, `null` is null.
 * @param counts  the numbers that no usage lacks, those of the input named `prompt…` or `input…`
 * @param details the rest
 */
export function usageOf(
  { options }: AnswerPlan,
  counts: Readonly<Record<string, number>>,
  details: JsonObject = {},
): unknown {
  const changed = (change: (count: number) => unknown, keys = Object.keys(counts)) =>
    Object.fromEntries(keys.map((key) => [key, change(counts[key] as number)]));
  switch (options.usage) {
    case 'off':
      return undefined;
    case 'null':
      return null;
    case 'partial':
      return changed(
        Number,
        Object.keys(counts).filter((key) => /^(prompt|input)/.test(key)),
      );
    case 'negative':
      return changed(() => -1);
    case 'string':
      return changed(String);
    default:
      return { ...counts, ...details };
  }
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
