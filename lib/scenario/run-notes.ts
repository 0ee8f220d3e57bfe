import { LARGE_AFTER_OUTPUT } from '../metrics/after-output.ts';
import { escapeText } from '../shared/escape-text.ts';
import { formatCount } from '../shared/format-count.ts';
import type { Milliseconds } from '../shared/units.ts';
import { missingTrendStats } from '../stats/exact-trend-stats.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import type { StartBursts } from '../stats/start-bursts.ts';

/** Lines below the tables that a reader needs to take the numbers for what they are. */
export function describeRun(summary: RunSummary): string[] {
  const notes: string[] = [];
  if (summary.ttft_rule === 'first-byte') {
    notes.push('TTFT is the time to the first byte of the response: k6/http sees no chunks.');
  }
  notes.push(...describeConnecting(summary));
  if (summary.failures.aborted > 0) {
    notes.push(
      `${formatCount(summary.failures.aborted, 'request')} under way when the run was stopped: failed (aborted).`,
    );
  }
  if (summary.token_sources.chunks > 0) {
    notes.push('Output tokens without usage are counted by chunks; --tokenizer counts them in the report.');
  }
  return [...notes, ...describePartialTokens(summary), ...describeAnswers(summary)];
}

/** How much of TTFT is connecting, which clients that keep their connections do not have in it. */
function describeConnecting({ connecting, stream, ttft_rule, completed_requests }: RunSummary): string[] {
  const what = stream ? 'TTFT includes' : 'Latency includes';
  if (connecting === null) {
    if (!stream || ttft_rule === 'first-byte' || completed_requests === 0) return [];
    return [`${what} connecting: k6/x/sse opens a connection of its own for every request.`];
  }
  const { connect_ms, plus_minus_ms, probes } = connecting;
  const margin = plus_minus_ms === null ? '' : ` ± ${plus_minus_ms.toFixed(1)}`;
  const source = probes === null ? 'on average' : `by ${formatCount(probes, 'probe')}`;
  return [`${what} ${connect_ms.toFixed(1)}${margin} ms of connecting (${source}).`];
}

/** What the numbers hold that a reader does not expect, and what in the answers was unknown. */
function describeAnswers({ after_output_ratio, answer_notes }: RunSummary): string[] {
  const late =
    after_output_ratio === null || after_output_ratio <= LARGE_AFTER_OUTPUT
      ? []
      : [
          `Latency ends with the last chunk, such as usage: ${Math.round(after_output_ratio * 100)} % of it comes after the last output, with which TPOT ends.`,
        ];
  const notes = answer_notes.map(({ note, requests }) => `${formatCount(requests, 'answer')} had ${escapeText(note)}.`);
  return [...late, ...notes];
}

/** Sums, averages and rates of tokens are over the requests that have a count, which not every reader would think. */
function describePartialTokens(summary: RunSummary): string[] {
  const { completed_requests: completed, input_tokens_requests: input, output_tokens_requests: output } = summary;
  const tell = (what: string, count: number | null, rate: string): string[] =>
    count === null || count === 0 || count >= completed
      ? []
      : [
          `The total and the average of ${what} tokens${rate} are of ${count} of the ${completed} completed requests, which have a count.`,
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
  const few =
    inFlight === null || requests >= inFlight
      ? ''
      : ` The load has ${inFlight} in flight, so some first requests were measured cold.`;
  return [`${formatCount(requests, 'warm-up request')} came first, in none of these numbers.${few}`];
}

/**
 * How long after START_AT the last of a run's loads was ready; 0 where none was late, and without START_AT.
 *
 * @param startAt of the configuration, milliseconds since 1970; anything else: none was set
 */
export function measureBehindStart(beginnings: readonly Milliseconds[], startAt: unknown): Milliseconds {
  return typeof startAt === 'number' ? beginnings.reduce((most, began) => Math.max(most, began - startAt), 0) : 0;
}

/**
 * The lines about when the loads of a run's instances began: how far apart, since each counts its schedule from its own
 * beginning, and how far behind START_AT the last one was.
 *
 * @param startAt of the configuration, milliseconds since 1970; anything else: none was set
 */
export function describeBeginnings(beginnings: readonly Milliseconds[], startAt: unknown): string[] {
  const last = beginnings.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const apart = last - beginnings.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const behind = measureBehindStart(beginnings, startAt);
  const advice =
    apart === 0 || typeof startAt === 'number' ? '' : '; --start-at (START_AT) gives an open loop one beginning';
  const seconds = (ms: Milliseconds): string => `${(ms / 1000).toFixed(3)} s`;
  return [
    ...(beginnings.length < 2
      ? []
      : [`The loads of ${beginnings.length} instances began ${seconds(apart)} apart by their clocks${advice}.`]),
    ...(behind > 0
      ? [
          `The load was ready ${seconds(behind)} after --start-at, and sent what was due before all at once: leave more time.`,
        ]
      : []),
  ];
}

/** The line about requests that start together, which then wait for each other in the client and in the service. */
export function describeStartBursts(found: StartBursts | null): string[] {
  if (found === null) return [];
  const { bursts, requests, largest, longest_ms } = found;
  return [
    `${requests} requests started in ${formatCount(bursts, 'burst')} of up to ${largest} within ${longest_ms.toFixed(1)} ms, as where all answers have one length; each then waits for the others, in the client as in the service. --ramp-up spreads the first starts.`,
  ];
}

/** Chunks for an output token below which more than speculative decoding is at work. */
const FEW_CHUNKS = 1 / 8;

/**
 * The line about usage that counts many more tokens than were sent: in pieces, or as reasoning that is hidden, which
 * makes what is measured by the token look better than it is.
 *
 * @param chunksPerToken null where nobody knows
 */
export function describeFewChunks(chunksPerToken: number | null): string[] {
  if (chunksPerToken === null || chunksPerToken === 0 || chunksPerToken > FEW_CHUNKS) return [];
  return [
    `A chunk stands for ${Math.round(1 / chunksPerToken)} output tokens: the service sends several at once, or counts reasoning that it hides. If it hides it, TPOT, tokens/s, fluidity and waiting readers look better than they are, and TTFT holds the time of thinking.`,
  ];
}

/** What tells more of a run in k6 alone. */
const REPORT = 'k6-llm-perf report (--console-output FILE --log-format raw)';

/**
 * The line about statistics that the tables need and k6 was told to leave out; none where it made them all.
 *
 * @param given k6's `summaryTrendStats`; undefined where an engine does not say
 */
export function describeTrendStats(given: readonly string[] | undefined): string[] {
  if (given === undefined || missingTrendStats(given).length === 0) return [];
  return [
    `k6 was told to compute other statistics (${given.join(', ') || 'none'}; --summary-trend-stats); missing ones are – above: use ${REPORT}.`,
  ];
}

/** That k6 judges no gates, which look at single requests: before the load, and below the tables. */
export function describeGates(count: number): string[] {
  return count === 0 ? [] : [`Gates: ${count} not judged by k6 run: use THRESHOLDS, or ${REPORT}.`];
}
