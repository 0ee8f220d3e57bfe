import exec from 'k6/execution';
import type { RunConfig } from '../config/parameters.ts';
import { formatLine, type OwnKind } from '../records/record-line.ts';
import { addSample, type K6Metrics } from './k6-metrics.ts';

/** Where lines go. */
export type Sink = 'console' | 'samples';

/**
 * `auto` is the console where k6 writes that to a file, which k6 says since 1.3. `off` is for records alone.
 *
 * Never a console that k6 Cloud takes, at ten lines a second: there k6 sets the id of the run, and on this machine too for
 * a run that Cloud shows, whose console goes there as long as it is not a file.
 */
export function chooseSink(records: RunConfig['records'], consoleOutput: unknown, env: typeof __ENV): Sink {
  const isFile = typeof consoleOutput === 'string' && consoleOutput !== '';
  if (records === 'samples' || env['K6_CLOUDRUN_INSTANCE_ID'] !== undefined) return 'samples';
  if (isFile) return 'console';
  return records === 'console' && env['K6_CLOUDRUN_TEST_RUN_ID'] === undefined ? 'console' : 'samples';
}

/** Where the lines of this run go. Not in init, where k6 does not show the options. */
export function findSink({ records }: Pick<RunConfig, 'records'>): Sink {
  const { consoleOutput } = exec.test.options as { readonly consoleOutput?: unknown };
  return chooseSink(records, consoleOutput, __ENV);
}

/**
 * The sample that a line goes with where the console takes none: its metric, and where in its metadata the JSON is, or the part
 * of it. `number`: the field that is the value of the sample, which is then taken beside a line of the console, too.
 */
const SAMPLES: Partial<Record<OwnKind, readonly [metric: string, key: string, number?: string]>> = {
  run: ['llm_run', 'args'],
  start: ['llm_run', 'start'],
  'connection-test': ['llm_connection_test', 'connection_test'],
  probe: ['llm_connect', 'probe', 'connect_ms'],
  server: ['llm_run', 'server'],
};

/**
 * Writes a line of another kind than a record, so that a report, or the command line, needs nothing but the records.
 *
 * `end` is of the console alone: when it is written, no sample is taken any more.
 */
export function writeLine(
  sink: Sink,
  metrics: K6Metrics,
  kind: Exclude<OwnKind, 'record'>,
  content: Readonly<Record<string, unknown>>,
): void {
  const [metric, key = '', number] = SAMPLES[kind] ?? [];
  const value = number === undefined ? 1 : (content[number] as number);
  if (sink === 'console') {
    console.log(formatLine(kind, content));
    if (metric !== undefined && number !== undefined) addSample(metrics, metric, value);
    return;
  }
  if (metric === undefined) return;
  const { metadata } = exec.vu.metrics;
  metadata[key] = JSON.stringify(content[key] ?? content);
  addSample(metrics, metric, value);
  delete metadata[key];
}
