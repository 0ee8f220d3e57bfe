import type { Stage } from './rate-profile.ts';

/** The line about stages of concurrency below the tables; none without them. */
export function describeStages(stages: unknown): string[] {
  if (!Array.isArray(stages) || stages.length === 0) return [];
  const list = stages as readonly Stage[];
  const parts = list.map(({ target, durationS: exact }, index) => {
    const durationS = Number(exact.toFixed(3));
    return index === 0
      ? `${target} for ${durationS} s`
      : durationS === 0
        ? `${target} at once`
        : `to ${target} in ${durationS} s`;
  });
  return [`In flight, by --stages: ${parts.join(', ')}; "parallel" in the tables is the highest number.`];
}

/** The longest time, in seconds, in which stages may have no users: they come one by one where it goes up from none. */
export function longestLull(stages: readonly Stage[]): number {
  let [longest, lull, from] = [0, 0, stages[0]?.target ?? 0];
  for (const { target, durationS } of stages) {
    lull = from === 0 ? lull + durationS : 0;
    longest = Math.max(longest, lull);
    from = target;
  }
  return longest;
}
