/** The line about stages of concurrency below the tables; none without them. */
export function describeStages(stages: unknown): string[] {
  if (!Array.isArray(stages) || stages.length === 0) return [];
  const list = stages as readonly { readonly target: number; readonly durationS: number }[];
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
