import type { RunConfig } from '../config/parameters.ts';
import type { SampleMetric } from '../metrics/sample-metrics.ts';
import type { Problem } from '../shared/errors.ts';
import type { Milliseconds } from '../shared/units.ts';

/** What every copy of a script needs of a run, as JSON, since k6 shares nothing else between copies. */
export type SharedRun =
  | {
      readonly state: 'ready';
      readonly config: Omit<RunConfig, 'given'> & { readonly given: readonly string[] };
      readonly expectedRequests: number | null;
      readonly warmups: number;
      /** Of the load, warm-up included; null where only time bounds them. */
      readonly iterations: number | null;
      /** How long a load leaves its VUs to get ready. */
      readonly settleMs: Milliseconds;
      readonly gateCount: number;
      /** Whether the script looks at the servers' metrics, before its load and after it at least. */
      readonly readsServer: boolean;
      /** One for the whole process, whatever the copy of the script. */
      readonly runId: string;
      /** The metrics of k6 that a copy makes. */
      readonly metrics: readonly Omit<SampleMetric, 'meaning'>[];
    }
  | { readonly state: 'refused'; readonly problems: readonly Problem[] };

/** The run as the stages take it. */
export type RestoredRun = Omit<Extract<SharedRun, { readonly state: 'ready' }>, 'config' | 'metrics'> & {
  readonly config: RunConfig;
};

/** @param json of a run that is ready */
export function restoreRun(json: string): RestoredRun {
  const run = JSON.parse(json);
  run.config.given = new Set(run.config.given);
  return run;
}

/** What the copies for options and setup need beside that: apart, since reading it costs every other copy memory. */
export interface SharedOnce {
  /** k6's options; those of a refused run make k6 refuse, too. */
  readonly options: object;
  /** The configuration as it is written down, secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Said where the connection test may have warmed up a cache for a measured prompt. */
  readonly cachedPrompt: string | null;
  /** Lines about settings and dataset, for a person. */
  readonly notes: readonly string[];
}
