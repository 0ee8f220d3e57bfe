import { LARGE_AFTER_OUTPUT } from '../metrics/after-output.ts';
import { escapeText } from '../shared/escape-text.ts';
import type { Milliseconds } from '../shared/units.ts';
import { missingTrendStats } from '../stats/exact-trend-stats.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import type { StartBursts } from '../stats/start-bursts.ts';

/** Lines below the tables that a reader needs to take the numbers for what they are. */
export function describeRun(summary: RunSummary): string[] {
  const notes: string[] = [];
  if (summary.ttft_rule === 'first-byte') {
    notes.push(
      'TTFT is the time to the first byte of the response: k6/http sees no chunks, so there are no chunk timings either.',
    );
  }
  notes.push(...describeConnecting(summary));
  if (summary.failures.aborted > 0) {
    notes.push(
      `${summary.failures.aborted} requests were under way when the run was stopped; they count as failed (aborted).`,
    );
  }
  if (summary.token_sources.chunks > 0) {
    notes.push(
      'Some output tokens are counted by chunks, because the server sent no usage; --tokenizer counts them in the report.',
    );
  }
  return [...notes, ...describePartialTokens(summary), ...describeAnswers(summary)];
}

/** How much of TTFT is connecting, which clients that keep their connections do not have in it. */
function describeConnecting({ connecting, stream, ttft_rule }: RunSummary): string[] {
  const what = stream ? 'TTFT includes' : 'Latency includes';
  if (connecting === null) {
    if (!stream || ttft_rule === 'first-byte') return [];
    return [`${what} connecting: k6/x/sse opens a connection of its own for every request.`];
  }
  const { connect_ms, plus_minus_ms, probes } = connecting;
  const margin = plus_minus_ms === null ? '' : ` ± ${plus_minus_ms.toFixed(1)}`;
  const source = probes === null ? 'on average' : `by ${probes} probes`;
  return [
    `${what} ${connect_ms.toFixed(1)}${margin} ms of connecting (${source}); the rows "without connecting" do not.`,
  ];
}

/** What the numbers hold that a reader does not expect, and what in the answers was unknown. */
function describeAnswers({ after_output_ratio, answer_notes }: RunSummary): string[] {
  const late =
    after_output_ratio === null || after_output_ratio <= LARGE_AFTER_OUTPUT
      ? []
      : [
          `Latency ends with the last chunk, usage included, which came late: ${Math.round(after_output_ratio * 100)} % of it lies behind the last output. TPOT ends with the last output.`,
        ];
  const notes = answer_notes.map(
    ({ note, requests }) => `${requests} answer${requests === 1 ? '' : 's'} had ${escapeText(note)}.`,
  );
  return [...late, ...notes];
}

/** Sums, averages and rates of tokens are over the requests that have a count, which not every reader would think. */
function describePartialTokens(summary: RunSummary): string[] {
  const { completed_requests: completed, input_tokens_requests: input, output_tokens_requests: output } = summary;
  const tell = (what: string, count: number | null, rate: string): string[] =>
    count === null || count === 0 || count >= completed
      ? []
      : [
          `The total and the average of ${what} tokens${rate} are of ${count} of the ${completed} completed requests; nobody counted those of the others.`,
        ];
  return [...tell('input', input, ''), ...tell('output', output, ', and the throughput,')];
}

/**
 * The line about requests that were sent to warm the service up; none without them.
 *
 * @param inFlight at once in the load; null where nothing says so
 */
export function describeWarmup(requests: number, inFlight: number | null): string[] {
  if (requests === 0) return [];
  const are = requests === 1 ? 'is' : 'are';
  const few =
    inFlight === null || requests >= inFlight
      ? ''
      : ` The load has ${inFlight} in flight, so some first requests were measured cold.`;
  return [
    `${requests} warm-up request${requests === 1 ? '' : 's'} came first and ${are} in none of these numbers.${few}`,
  ];
}

/** The line about instances of one run, each of which counts its schedule from its own beginning; none for a single one. */
export function describeBeginnings(beginnings: readonly Milliseconds[]): string[] {
  if (beginnings.length < 2) return [];
  const apart = beginnings.reduce((a, b) => Math.max(a, b)) - beginnings.reduce((a, b) => Math.min(a, b));
  const advice = apart === 0 ? '' : '; --start-at (START_AT) gives an open loop one beginning';
  return [
    `The loads of ${beginnings.length} instances began ${(apart / 1000).toFixed(3)} s apart by their clocks${advice}.`,
  ];
}

/** The line about requests that start together, which then wait for each other in the client and in the service. */
export function describeStartBursts(found: StartBursts | null): string[] {
  if (found === null) return [];
  const { bursts, requests, largest, longest_ms } = found;
  return [
    `${requests} requests started in ${bursts} bursts of up to ${largest} within ${longest_ms.toFixed(1)} ms, as where all answers have one length; each then waits for the others, in the client as in the service. --ramp-up spreads the first starts.`,
  ];
}

/**
 * The line about statistics that the tables need and k6 was told to leave out; none where it has them all.
 *
 * @param given k6's `summaryTrendStats`; undefined where an engine does not say
 */
export function describeTrendStats(given: readonly string[] | undefined): string[] {
  if (given === undefined || missingTrendStats(given).length === 0) return [];
  return [
    `k6 was told to make other statistics (${given.join(', ') || 'none'}), by --summary-trend-stats, K6_SUMMARY_TREND_STATS or another script's options: what they lack is – above. Leave that out, or add --console-output records.jsonl --log-format raw and run k6-llm-perf report records.jsonl.`,
  ];
}
