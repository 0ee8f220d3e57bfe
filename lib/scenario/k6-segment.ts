import exec from 'k6/execution';

/** The share of a distributed run that this instance has; null where it has all of it. */
export function readSegment(): string | null {
  const segment: unknown = exec.test.options.executionSegment;
  return typeof segment === 'string' && segment !== '' ? segment : null;
}
