import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { formatLine, RECORD_VERSION } from '../../records/record-line.ts';
import { createReportFolder } from '../../report/node-write-report.ts';
import { createReport } from './create-report.ts';

const FAILURE = { status: 200, detail: 'the run was stopped' } as const;

/** Three requests that completed, one that the end closed, and one that the service cut. */
function report(hadEnough: boolean, args: Readonly<Record<string, unknown>> = {}) {
  const path = mkdtempSync(join(tmpdir(), 'create-report-'));
  const file = join(path, 'records.jsonl');
  const records = [
    ...[0, 1, 2].map((index) => exampleRecord({ index, run_id: 'r' })),
    exampleFailure({ index: 3, run_id: 'r', failure: { ...FAILURE, kind: 'aborted' } }),
    exampleFailure({ index: 4, run_id: 'r', failure: { ...FAILURE, kind: 'cut' } }),
  ];
  const lines = records.map((record) => formatLine('record', record));
  const enough = formatLine('enough', { v: RECORD_VERSION, run_id: 'r' });
  writeFileSync(file, [...lines, ...(hadEnough ? [enough] : [])].map((line) => `${line}\n`).join(''));
  return createReport({
    files: [file],
    folder: createReportFolder({ outputsDir: path, startedAt: null, name: 'report' }),
    tokenizer: null,
    saveText: false,
    unfinishedRequests: () => 0,
    thresholds: [],
    conditions: { thresholds: {}, gates: [], requireValid: false, requireCold: false, junit: null },
    settings: () => ({ concurrency: 1, expectedRequests: null, percentileRule: 'linear', args }),
  });
}

it('has what the end of a load closed on purpose in no number, and what a stop closed as failed', async () => {
  const [enough, stopped] = await Promise.all([report(true), report(false)]);
  expect(enough.samples).toMatchObject({ hadEnough: true, closedRequests: 1, unknownKinds: {} });
  expect(enough.summary).toMatchObject({ total_requests: 4, completed_requests: 3, failed_requests: 1 });
  expect(enough.summary.failures).toMatchObject({ aborted: 0, cut: 1 });
  expect(stopped.samples).toMatchObject({ hadEnough: false, closedRequests: 0 });
  expect(stopped.summary).toMatchObject({ total_requests: 5, completed_requests: 3, failed_requests: 2 });
});

it('says of a probe beside the load that it was silent', async () => {
  const { text } = await report(false, { probe_rate: 0.01 });
  expect(text).toContain('No request of --probe-rate 0.01 ended within the load: the first is due half a gap, 50 s,');
  expect((await report(false, { probe_rate: 0.3 })).text).toContain('half a gap, 1.67 s,');
});
