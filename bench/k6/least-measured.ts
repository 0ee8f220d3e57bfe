type Values = Readonly<Record<'avg' | 'p(99)', number>>;

/** What the script that only takes times prints: times of all requests, milliseconds. */
export interface LeastMeasured {
  readonly ttft: Values;
  readonly itl: Values;
}
