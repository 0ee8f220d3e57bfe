import { PERCENTILE_RULES, type PercentileRule } from '../stats/percentile-rule.ts';
import { choice } from './scalar-types.ts';
import type { ValueType } from './value-type.ts';

const named = choice(PERCENTILE_RULES);

/** A rule by its name; `evalscope` is what `quick-start` was called before evalscope changed its rule, and stays valid. */
export const percentileRule: ValueType<PercentileRule> = {
  ...named,
  parse: (given, readFile) => named.parse(/^evalscope$/i.test(given.trim()) ? 'quick-start' : given, readFile),
};
