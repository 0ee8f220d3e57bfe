import type { RequestRecord } from '../../lib/measure/request-record.ts';
import { createRunReportCollector, type RunReportContext } from '../../lib/report/html/data/collect-run.ts';
import { loadPageAssets } from '../../lib/report/html/node-page-assets.ts';
import { renderPage } from '../../lib/report/html/render-page.ts';
import type { RunReportData } from '../../lib/report/html/report-data.ts';
import { createRandom } from '../../lib/shared/random.ts';
import { createRunDataBuilder } from '../../lib/stats/run-data.ts';
import { summarizeData } from '../../lib/stats/summarize-data.ts';
import { exampleFailure, exampleRecord } from '../fixtures/example-record.ts';

export const ASSETS = loadPageAssets('dist/page');

/** Records of a closed loop; every tenth request fails with status 500. */
export function* exampleRun(count: number, gapsPerRequest = 20, users = 8): Generator<RequestRecord> {
  const random = createRandom(7);
  const freeFrom = new Array<number>(users).fill(0);
  for (let index = 0; index < count; index++) {
    const user = freeFrom.indexOf(Math.min(...freeFrom));
    const start_ms = freeFrom[user] as number;
    const input_tokens = random.integer(10, 500);
    const ttft_ms = 50 + input_tokens / 5 + random.next() * 40;
    const chunk_gaps_ms = Array.from({ length: gapsPerRequest }, () => 5 + random.next() * 10);
    const latency_ms = ttft_ms + chunk_gaps_ms.reduce((sum, gap) => sum + gap, 0);
    const place = { index, start_ms, client_lag_ms: random.next() };
    if (index % 10 === 9) {
      freeFrom[user] = start_ms + 30;
      yield exampleFailure({ ...place, end_ms: start_ms + 30 });
      continue;
    }
    freeFrom[user] = start_ms + latency_ms + 1;
    yield exampleRecord({
      ...place,
      end_ms: start_ms + latency_ms,
      ttft_ms,
      first_output_ms: ttft_ms,
      latency_ms,
      chunk_gaps_ms,
      chunks: gapsPerRequest + 1,
      output_tokens: gapsPerRequest + 1,
      tpot_ms: (latency_ms - ttft_ms) / gapsPerRequest,
      input_tokens,
    });
  }
}

/** Data and page of a run, as the report step makes them. */
export function reportOf(
  records: Iterable<RequestRecord>,
  changes: Partial<RunReportContext> = {},
): { data: RunReportData; html: string } {
  const builder = createRunDataBuilder();
  const collector = createRunReportCollector();
  for (const record of records) {
    builder.add(record);
    collector.add(record);
  }
  const run = builder.build();
  const data = collector.build(run, {
    summary: summarizeData(run, { concurrency: 8, expectedRequests: null, percentileRule: 'quick-start' }),
    validity: { verdict: 'VALID', reasons: [] },
    thresholds: [],
    notes: [],
    args: { url: 'http://127.0.0.1:8000/v1/chat/completions', parallel: 8, api_key: '**********', stop: null },
    percentileRule: 'quick-start',
    ...changes,
  });
  return { data, html: renderPage(data, ASSETS) };
}
