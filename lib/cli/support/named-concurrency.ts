/**
 * Requests in flight at the same time, as the configuration of a run names them: null for an open loop without a cap.
 *
 * @param vus the most there were, for a run that left no configuration; null: not known
 */
export function namedConcurrency(args: Readonly<Record<string, unknown>>, vus: number | null): number | null {
  if (!Object.hasOwn(args, 'parallel')) return vus;
  const { parallel } = args;
  return typeof parallel === 'number' && parallel >= 0 ? parallel : null;
}
