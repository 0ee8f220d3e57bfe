/** How the file of several runs begins: `sweep.json`, `search.json` and `runs.json`. */
export interface GroupHead<State extends string = 'running' | 'complete' | 'stopped'> {
  readonly version: 1;
  /** ISO 8601, wall clock. */
  readonly started_at: string;
  readonly ended_at: string;
  /** `running` until the last run is measured, so that a file that a killed command left says so. */
  readonly state: State;
  readonly engine: 'k6' | 'node';
}
