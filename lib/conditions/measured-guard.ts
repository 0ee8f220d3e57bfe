import type { K6Thresholds } from './check-thresholds.ts';

/** The counter whose `count>0` keeps a run without any answer from passing. */
export const GUARD_METRIC = 'llm_requests_completed';
export const GUARD = 'count>0';

/**
 * The same in an engine: a Rate of which each VU adds a false when it begins and a true when it has completed a request.
 *
 * k6 lets an empty Counter fail `count>0`, and so an instance of a distributed run whose execution segment has no share of
 * the VUs, which it cannot know while it makes its options. An empty Rate passes.
 */
const ENGINE_METRIC = 'llm_measured';
const ENGINE_GUARD = 'rate>0';

/** Thresholds as an engine gets them. A guard that aborts keeps its form, since the Rate would abort at once. */
export function toEngineThresholds(thresholds: K6Thresholds): K6Thresholds {
  const list = thresholds[GUARD_METRIC];
  if (list === undefined || !list.includes(GUARD)) return thresholds;
  return {
    ...thresholds,
    [GUARD_METRIC]: list.filter((item) => item !== GUARD),
    [ENGINE_METRIC]: [...(thresholds[ENGINE_METRIC] ?? []), ENGINE_GUARD],
  };
}

/** A result of an engine as the threshold that it is of. */
export function fromEngineResult<T extends { readonly metric: string; readonly expression: string }>(result: T): T {
  const isGuard = result.metric === ENGINE_METRIC && result.expression === ENGINE_GUARD;
  return isGuard ? { ...result, metric: GUARD_METRIC, expression: GUARD } : result;
}
