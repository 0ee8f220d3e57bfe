/** The share (0 to 1) of input tokens that were cached; null where nobody tells, or without input. A server that counts the cached ones apart has at most all. */
export function computeCachedShare(cached: number | null, input: number | null): number | null {
  return cached === null || input === null || input === 0 ? null : Math.min(cached, input) / input;
}
