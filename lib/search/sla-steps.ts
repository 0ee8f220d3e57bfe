/** What evalscope's auto-tune looks for: the largest load that passes, or the one with the best value. */
type SlaGoal = 'pass' | 'best';

export interface SlaPlan {
  readonly goal: SlaGoal;
  readonly first: number;
  readonly lower: number;
  readonly upper: number;
}

/** How a load came out: whether it passes, or its value, where more is better. */
export type SlaOutcome = boolean | number;

/** The next load to try, or the end: the load that was found, null where none passes. */
export type SlaStep =
  | { readonly state: 'probe'; readonly load: number }
  | { readonly state: 'done'; readonly found: number | null };

/**
 * evalscope's search, a pure function of what is known of whole loads: double while it passes and halve while it does not,
 * then bisect; for the best value double while it grows, then bisect towards what beats the best so far, which takes one
 * peak for granted. Loads that another group has tried are known already.
 */
export function nextSlaStep(plan: SlaPlan, known: ReadonlyMap<number, SlaOutcome>): SlaStep {
  const { goal, lower, upper } = plan;
  const first = Math.min(upper, Math.max(lower, plan.first));
  return goal === 'pass' ? largestPassing(first, lower, upper, known) : bestValue(first, upper, known);
}

type Known = ReadonlyMap<number, SlaOutcome>;

function largestPassing(first: number, lower: number, upper: number, known: Known): SlaStep {
  let [low, high]: [number | null, number | null] = [null, null];
  for (let load = first; ; ) {
    const passes = known.get(load);
    if (passes === undefined) return { state: 'probe', load };
    if (passes === true) {
      low = load;
      if (high !== null) break;
      if (load >= upper) return { state: 'done', found: load };
      load = Math.min(upper, load * 2);
    } else {
      high = load;
      if (low !== null) break;
      if (load <= lower) return { state: 'done', found: null };
      load = Math.max(lower, Math.floor(load / 2));
    }
  }
  while (high - low > 1) {
    const middle: number = Math.floor((low + high) / 2);
    const passes = known.get(middle);
    if (passes === undefined) return { state: 'probe', load: middle };
    if (passes === true) low = middle;
    else high = middle;
  }
  return { state: 'done', found: low };
}

function bestValue(first: number, upper: number, known: Known): SlaStep {
  let best = first;
  let high: number | null = null;
  const valueAt = (load: number): number | undefined => known.get(load) as number | undefined;
  if (valueAt(first) === undefined) return { state: 'probe', load: first };
  while (best < upper && high === null) {
    const next = Math.min(upper, best * 2);
    const value = valueAt(next);
    if (value === undefined) return { state: 'probe', load: next };
    if (value > (valueAt(best) as number)) best = next;
    else high = next;
  }
  let low = best;
  while (high !== null && high - low > 1) {
    const middle: number = Math.floor((low + high) / 2);
    const value = valueAt(middle);
    if (value === undefined) return { state: 'probe', load: middle };
    if (value > (valueAt(best) as number)) {
      best = middle;
      low = middle;
    } else high = middle;
  }
  return { state: 'done', found: best };
}
