import { expect, it } from 'vitest';
import { exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { checkGates } from '../../conditions/gates.ts';
import { createReadReportBuilder } from '../../records/node-read-report.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { judgeConditions } from './judge-run.ts';

it('lets no condition pass for requests whose records are missing: gates count them as failed, thresholds ask the engine', () => {
  const { gates } = checkGates(['success_rate>=0.99'], 'gates', (gate) => gate);
  const thresholds = { llm_requests_completed: ['count>=10'], llm_requests_failed: ['count<1'] };
  const run = collectRunData([exampleRecord()]);
  const engine = [
    { metric: 'llm_requests_completed', expression: 'count>=10', ok: true },
    { metric: 'llm_requests_failed', expression: 'count<1', ok: true },
  ];
  const samples = createReadReportBuilder().build();
  const judged = judgeConditions({ gates, thresholds }, run, samples, { rule: 'quick-start', engine, missing: 9 });
  expect(judged.gates).toMatchObject([{ value: 0.1, ok: false }]);
  expect(judged.thresholds.map(({ ok }) => ok)).toEqual([true, true]);
});
