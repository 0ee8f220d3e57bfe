import type { RunConfig } from '../config/parameters.ts';
import { createSecretMasker } from '../config/secrets.ts';
import { RECORD_VERSION } from '../records/record-line.ts';
import { readActualLoad } from '../scenario/actual-load.ts';
import type { K6Metrics } from '../scenario/k6-metrics.ts';
import { readSegment } from '../scenario/k6-segment.ts';
import { findSink, writeLine } from '../scenario/k6-write-line.ts';
import { countRequests, summarizeRun } from '../scenario/summarize-run.ts';
import { OWNS_CONNECTIONS, SEES_EVENTS } from '../stream/k6-transport.ts';
import { readService } from './open-service.ts';
import { renderOthers } from './render-others.ts';

/** The tables of a script's requests, and what else k6 measured. Says in the records that the run came to its end. */
export function summarizeScript(data: unknown, metrics: K6Metrics, runId: string): Record<string, string> {
  const segment = readSegment();
  const counts = countRequests(data);
  const shared = readService({ url: 'http://127.0.0.1', model: 'script' }, 'openai', __ENV);
  const config: RunConfig = { ...shared, given: new Set(shared.given), parallel: counts?.vus_max ?? 1 };
  const ids = { v: RECORD_VERSION, run_id: runId, segment };
  if (counts !== null) writeLine(findSink(config), metrics, 'end', { ...ids, ...counts });
  const { stdout = '', ...files } = summarizeRun(data, config, {
    expectedRequests: null,
    warmups: 0,
    load: readActualLoad({ script: {} }, { script: {} }),
    starts: null,
    segment,
    seesEvents: SEES_EVENTS,
    ownsConnections: OWNS_CONNECTIONS,
    mask: createSecretMasker(config),
    outputsDir: undefined,
    summaryFile: undefined,
  });
  return { ...files, stdout: `${stdout}${renderOthers(data, Object.keys(metrics))}` };
}
