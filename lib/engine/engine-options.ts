import type { TextSink } from './logger.ts';

export interface EngineOptions {
  /** Absolute path of an ESM k6 script: what `k6 run` gets. */
  readonly bundlePath: string;
  /** Becomes `__ENV`. */
  readonly env: Readonly<Record<string, string>>;
  /** Where relative paths of `handleSummary` begin; the process's folder by default. */
  readonly cwd?: string;
  /** As k6's `--out`: `json=path`, `json=path.gz`. */
  readonly out?: readonly string[];
  /** As k6's `--console-output` with `--log-format raw`: the file that what the script prints is appended to. */
  readonly consoleOutput?: string;
  /**
   * Aborting is k6's first SIGINT: running iterations stop where they are, teardown and `handleSummary` run, all samples
   * are written, exit code 105.
   */
  readonly signal?: AbortSignal;
  readonly stdout?: TextSink;
  readonly stderr?: TextSink;
}

interface ThresholdResult {
  readonly metric: string;
  readonly expression: string;
  readonly ok: boolean;
}

export interface EngineResult {
  /** k6's numbers: 0, 99 thresholds crossed, 104 bad options, 105 stopped, 107 exception in init, setup or teardown, … */
  readonly exitCode: number;
  readonly thresholds: readonly ThresholdResult[];
  /** What `handleSummary` got; null when the run never started. */
  readonly summaryData: unknown;
}
