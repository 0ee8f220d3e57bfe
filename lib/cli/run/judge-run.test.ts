import { expect, it } from 'vitest';
import { exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { checkGates } from '../../conditions/gates.ts';
import { createReadReportBuilder } from '../../records/node-read-report.ts';
import { buildServerSeries } from '../../server/server-series.ts';
import { summarizeServer } from '../../server/summarize-server.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { judgeCold, judgeConditions } from './judge-run.ts';

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

it('calls a cache cold that is switched off, and none of which nobody tells', () => {
  const cold = (...lines: readonly string[]) => {
    const page = (at_ms: number, value: number) => ({
      ...{ at_ms, url: 'http://a/metrics', error: null },
      lines: lines.map((line) => line.replace(/N$/, String(value))),
    });
    return judgeCold(summarizeServer(buildServerSeries([page(0, 0), page(1000, 200)]), { fromMs: 0, toMs: 1000 }));
  };
  const [queries, hits] = ['vllm:prefix_cache_queries_total', 'vllm:prefix_cache_hits_total'];
  expect(cold(`${queries} N`, `${hits} 0`)).toMatchObject({ ok: true, value: 0, note: null });
  expect(cold(`${queries} N`, `${hits} N`)).toMatchObject({ ok: false, value: 1 });
  expect(cold(`${queries} 0`, `${hits} 0`, 'vllm:prompt_tokens_total N')).toMatchObject({
    ...{ ok: true, value: null, note: 'no prompt was looked up: the prefix cache is off' },
  });
  expect(cold(`${queries} 0`, `${hits} 0`)).toMatchObject({
    ...{ ok: false, value: null, note: 'no value: the server looked no prompt up' },
  });
  expect(cold('vllm:prompt_tokens_total N')).toMatchObject({
    ...{ ok: false, value: null, note: 'no value: no server told of its prefix cache' },
  });
  expect(judgeCold(null).ok).toBe(false);
});
