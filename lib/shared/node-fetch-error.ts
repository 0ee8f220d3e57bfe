/** Why `fetch` got no answer: what lies behind its own words, which never say it, by its code where it has one. */
export function describeFetchError(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : message;
}
