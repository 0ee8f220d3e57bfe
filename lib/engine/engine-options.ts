import type { Milliseconds } from '../shared/units.ts';
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
  /** Called about every 200 ms while iterations run, and once at the end. */
  readonly onProgress?: (progress: EngineProgress) => void;
}

/** The state of a run. Metrics are read by name. */
export interface EngineProgress {
  readonly elapsedMs: Milliseconds;
  readonly iterationsDone: number;
  /** null when the scenarios are bound by time. */
  readonly iterationsTotal: number | null;
  /** How long the scenarios plan to run, without graceful stops; null when they are bound by iterations. */
  readonly durationMs: Milliseconds | null;
  /** 0 for an unknown name. */
  counter(name: string): number;
  /**
   * A percentile of a Trend so far, 0 to 100, by k6's rule; null where nothing was measured. Of a large Trend up to two
   * seconds old, so that watching costs nothing.
   */
  percentile(name: string, p: number): number | null;
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
