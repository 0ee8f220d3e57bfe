/** A target, and how long it takes to get there from the one before, or, of the first, how long it holds. */
export interface Stage {
  readonly target: number;
  readonly durationS: number;
}

/** A rate that changes with time. */
interface RateProfile {
  /** How many starts the whole of it has, on average. */
  readonly total: number;
  /** When so many starts are due, in seconds. */
  timeOf(starts: number): number;
}

/**
 * Straight lines between the targets of stages: the first holds its rate, each later one goes there from the one before.
 * A stage of 0 s is a step.
 *
 * `timeOf` inverts the area under the rate, which makes starts of rate 1 into starts of this rate (time change, Çinlar
 * 1975): with exponential gaps exactly a Poisson process whose rate follows the lines.
 */
export function createRateProfile(stages: readonly Stage[]): RateProfile {
  let [from, second, area] = [stages[0]?.target ?? 0, 0, 0];
  const parts = stages.map(({ target, durationS }) => {
    const part = { from, slope: durationS === 0 ? 0 : (target - from) / durationS, second, area };
    area += (durationS * (from + target)) / 2;
    second += durationS;
    from = target;
    return { ...part, end: area };
  });
  const [total, last] = [area, second];
  return {
    total,
    timeOf(starts) {
      const part = parts.find(({ end }) => starts <= end);
      if (part === undefined) return last;
      const left = starts - part.area;
      // The root that holds with a slope of 0, too.
      const root = Math.sqrt(Math.max(0, part.from ** 2 + 2 * part.slope * left));
      return part.second + (left === 0 ? 0 : (2 * left) / (part.from + root));
    },
  };
}
