import { expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { ConversationSummary } from '../stats/conversation-summary.ts';
import { summarizeConversations } from '../stats/conversation-summary.ts';
import { choosePercentile } from '../stats/percentile-rule.ts';
import { collectRunData } from '../stats/run-data.ts';
import { buildTraceSummary } from './trace-summary.ts';

it('is of the conversations of which a turn completed', () => {
  // evalscope 1.14, perf/utils/trace_metrics.py: `feed` passes over turns that failed, so the second one is no trace.
  const run = collectRunData([
    exampleRecord({ conversation: { id: '1', turn: 1, turns: 1 } }),
    exampleFailure({ index: 1, conversation: { id: '2', turn: 1, turns: 2 } }),
  ]);
  const summary = summarizeConversations(run, choosePercentile('linear')) as ConversationSummary;
  expect(summary.conversations).toBe(2);
  expect(buildTraceSummary(summary, run)).toMatchObject({ n_traces: 1 });
});
