import type { AppliedTtftRule } from '../measure/request-record.ts';
import { buildSummary, type MetricNumbers, timesOf } from './build-summary.ts';
import { summarizeConversations } from './conversation-summary.ts';
import { summarizeInputs } from './inputs-summary.ts';
import { readOpenLoop } from './open-loop.ts';
import { buildPercentileRows } from './percentile-rows.ts';
import { choosePercentile, type Percentile } from './percentile-rule.ts';
import { countCached, countGaps, type LabelFilter, listRequests, type RunData } from './run-data.ts';
import { type ConnectingSummary, PERCENTILE_METHODS, type ProbeSummary, type RunSummary } from './run-summary.ts';
import { sumOrNull } from './sorted-values.ts';
import type { SummaryContext } from './summary-context.ts';
import { summarizeTargets } from './target-rows.ts';

/** What the records do not tell. */
export interface DataContext extends SummaryContext {
  /** Arrivals that were never started. Default 0. */
  readonly droppedIterations?: number;
}

/** Sums up a run exactly, from its records. */
export function summarizeData(data: RunData, context: DataContext): RunSummary {
  const { percentileRule, droppedIterations = 0 } = context;
  const { timeTaken, unfinished } = data;
  const percentile = choosePercentile(percentileRule);
  const numbers = readNumbers(data, percentile);
  const { requests, total } = numbers;
  const countRequests = (isMeant: LabelFilter): number => listRequests(data, isMeant).length;
  const [completed, failed, cancelled] = (['completed', 'failed', 'cancelled'] as const).map((outcome) =>
    countRequests((label) => label.outcome === outcome),
  ) as [number, number, number];
  const conversations = summarizeConversations(data, percentile);
  const ttftRules = new Set(data.labels.flatMap(({ stream, ttft_rule }) => (stream ? [ttft_rule] : [])));
  return buildSummary(
    {
      ...numbers,
      ...{ completed, failed, cancelled, unfinished, timeTaken },
      coalescedGaps: countGaps(data).coalescedGaps,
      ...countCached(data),
      cancelledTokens: total('cancelled_output_tokens'),
      openLoopFacts: readOpenLoop(data),
      countFailed: (kind) => countRequests(({ failure }) => failure?.kind === kind),
      countTokens: (source) =>
        countRequests(({ outcome, token_source }) => outcome === 'completed' && token_source === source),
    },
    {
      connecting: summarizeConnecting(data, numbers),
      inputs: summarizeInputs(total('inputs'), requests('inputs'), total('input_tokens'), timeTaken),
      percentiles: buildPercentileRows(
        ({ metric }) =>
          (percent) =>
            numbers.percentile(metric, percent),
      ),
      percentile_method: PERCENTILE_METHODS[percentileRule],
      itl_percentile_method: PERCENTILE_METHODS[percentileRule],
      finish_reasons: data.finishReasons,
      answer_notes: data.answerNotes,
      ttft_rule: ttftRules.size === 1 ? ([...ttftRules][0] as AppliedTtftRule) : null,
      stream: ttftRules.size > 0,
      abandoned_turns: conversations?.abandoned_turns ?? 0,
      conversations,
      ...summarizeTargets(data, percentile),
      probe: data.probes === null ? null : summarizeProbe(data.probes, percentile),
      clock_step_requests: countRequests(({ clock_steps }) => clock_steps !== undefined),
      dropped_iterations: droppedIterations,
    },
    context,
  );
}

interface CountedNumbers extends MetricNumbers {
  requests(metric: Parameters<MetricNumbers['requests']>[0]): number;
}

function readNumbers({ sorted }: RunData, percentile: Percentile): CountedNumbers {
  return {
    avg: (metric) => sorted(metric).mean(),
    percentile: (metric, percent) => percentile(sorted(metric), percent),
    max: (metric) => sorted(metric).at(-1) ?? null,
    total: (metric) => sumOrNull(sorted(metric)),
    requests: (metric) => sorted(metric).length,
  };
}

function summarizeConnecting({ connecting }: RunData, numbers: MetricNumbers): ConnectingSummary | null {
  const connect_ms = connecting?.connect_ms ?? numbers.avg('connect');
  if (connect_ms === null) return null;
  return {
    connect_ms,
    plus_minus_ms: connecting?.plus_minus_ms ?? null,
    probes: connecting?.probes ?? null,
    ...timesOf(numbers, 'ttft_connected', 'ttft_'),
    ...timesOf(numbers, 'latency_connected', 'latency_'),
  };
}

function summarizeProbe(probes: RunData, percentile: Percentile): ProbeSummary {
  const numbers = readNumbers(probes, percentile);
  return {
    requests: probes.count,
    failed_requests: probes.labelOf.filter((label) => probes.labels[label]?.outcome === 'failed').length,
    ...timesOf(numbers, 'ttft', 'ttft_'),
    ...timesOf(numbers, 'latency', 'latency_'),
  };
}
