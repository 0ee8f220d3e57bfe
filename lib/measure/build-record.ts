import type { TokenSource, TtftRule } from '../shared/failure-kinds.ts';
import type { Milliseconds } from '../shared/units.ts';
import { toEventTexts } from '../stream/event-texts.ts';
import type { Exchange } from '../stream/exchange.ts';
import { classifyFailure, headerOf } from './classify-failure.ts';
import { measureGaps } from './gaps.ts';
import { type Reading, readEvents, type Span } from './read-events.ts';
import type { AppliedTtftRule, RequestRecord } from './request-record.ts';
import { computeTpot } from './tpot.ts';
import { computeTtft } from './ttft.ts';

/** What the scenario knows about a request beside its exchange. */
export interface RequestContext {
  readonly index: number;
  readonly runId: string | null;
  readonly segment: string | null;
  readonly scenario: string;
  /** Wall clock at the start, ISO 8601. */
  readonly startedAt: string;
  readonly startMs: Milliseconds;
  readonly scheduledMs: Milliseconds | null;
  /** Lateness of this client's last timer; null where nobody measured. */
  readonly clientLagMs: Milliseconds | null;
  /** The whole request's time limit: no true time within it is longer. */
  readonly totalTimeoutMs: Milliseconds;
  readonly model: string;
  readonly api: string | null;
  readonly datasetIndex: number | null;
  /** Whether the request asked for a stream. */
  readonly stream: boolean;
  readonly ttftRule: TtftRule;
  /** Counted when the dataset was prepared; null where nobody counted. */
  readonly preparedInputTokens: number | null;
  /** Whether the record holds prompt and response: `always`, `never`, or only where the server sent no usage. */
  readonly keepText: 'always' | 'without-usage' | 'never';
  readonly prompt: string;
  readonly mask: (text: string) => string;
}

/**
 * Makes the record of one request, completed or failed, out of what the transport saw. Pure: takes no clock.
 */
export function buildRecord(exchange: Exchange, context: RequestContext): RequestRecord {
  const { startMs, stream, keepText } = context;
  const { times } = exchange;
  const reading = readEvents(wholeAnswerAsEvent(exchange, stream), startMs, keepText !== 'never');
  const malformed = reading.malformed || describeNoStream(exchange, stream);
  const failure = classifyFailure(exchange, { ...reading, malformed }, context.mask);
  const seesEvents = stream && exchange.times !== null;
  const latency = computeLatency(exchange, reading, startMs, seesEvents);
  const ttft = !stream ? null : seesEvents ? computeTtft(reading, context.ttftRule) : exchange.firstByteMs;
  const ttftRule: AppliedTtftRule = stream && !seesEvents ? 'first-byte' : context.ttftRule;
  const { outputTokens, source } = countOutput(reading, stream);
  const { gapsMs, clockSteps } = measureGaps(startMs, times ?? [], exchange.endMs, context.totalTimeoutMs);
  const withText = keepText === 'always' || (keepText === 'without-usage' && reading.usage.outputTokens === null);
  return {
    v: 2,
    index: context.index,
    run_id: context.runId,
    segment: context.segment,
    scenario: context.scenario,
    started_at: context.startedAt,
    start_ms: startMs,
    end_ms: exchange.endMs,
    outcome: failure === null ? 'completed' : 'failed',
    failure,
    status: exchange.status === 0 ? null : exchange.status,
    stream,
    ttft_ms: ttft,
    ttft_rule: ttftRule,
    first_event_ms: reading.first_event_ms,
    first_choices_ms: reading.first_choices_ms,
    first_output_ms: reading.first_output_ms,
    first_content_ms: reading.first_content_ms,
    last_output_ms: null,
    latency_ms: latency,
    chunk_gaps_ms: times === null ? [] : outputGaps(gapsMs, reading.outputs, times),
    chunks: stream ? reading.chunks : null,
    reasoning_chunks: null,
    tpot_ms: computeTpot(latency, ttft, outputTokens),
    input_tokens: reading.usage.inputTokens ?? context.preparedInputTokens,
    output_tokens: outputTokens,
    cached_tokens: reading.usage.cachedTokens,
    token_source: source,
    finish_reason: reading.finishReason,
    scheduled_ms: context.scheduledMs,
    late_ms: context.scheduledMs === null ? null : startMs - context.scheduledMs,
    queued_ms: null,
    connect_ms: null,
    retry_after_s: null,
    conversation: null,
    model: context.model,
    api: context.api,
    dataset_index: context.datasetIndex,
    nonce: null,
    ...(context.clientLagMs === null ? {} : { client_lag_ms: context.clientLagMs }),
    ...(clockSteps === 0 ? {} : { clock_steps: clockSteps }),
    ...(withText ? { prompt: context.mask(context.prompt), response: context.mask(reading.response) } : {}),
  };
}

/** An answer without streaming is one event that ends with the body. */
function wholeAnswerAsEvent(exchange: Exchange, stream: boolean): Exchange {
  if (stream || exchange.status !== 200) return exchange;
  return { ...exchange, data: toEventTexts([exchange.text]), times: null, done: exchange.error === '' };
}

/**
 * What came where a stream was asked for and none came: it cannot be measured, so the request fails. k6/x/sse may not
 * even hand over its text, which leaves the content type.
 * @returns empty when there is an event, or nothing that speaks against a stream
 */
function describeNoStream(exchange: Exchange, stream: boolean): string {
  if (!stream || exchange.status !== 200 || exchange.data.length > 0 || exchange.done) return '';
  const text = exchange.text.trim();
  const encoding = headerOf(exchange, 'content-encoding');
  if (encoding !== null && encoding !== 'identity')
    return `a ${encoding} body, although the request asked for none; ${wayRound(encoding)}`;
  const type = headerOf(exchange, 'content-type') ?? 'text/event-stream';
  if (text === '' && /^text\/event-stream/i.test(type)) return '';
  return `${type} in place of an event stream${text === '' ? '' : `: ${text}`}`;
}

/** How a body that came compressed all the same can be read: k6 undoes gzip that it asked for itself, the Node engine more. */
function wayRound(encoding: string): string {
  return encoding === 'gzip' ? '--headers Accept-Encoding=gzip reads it' : '--engine node reads gzip, deflate and br';
}

/** To the last event that carries a chunk; to the complete body where the transport shows no events. */
function computeLatency(
  exchange: Exchange,
  reading: Reading,
  startMs: Milliseconds,
  seesEvents: boolean,
): Milliseconds | null {
  if (exchange.status === 0) return null;
  if (!seesEvents) return exchange.endMs - startMs;
  return reading.lastChunkAt === null ? null : reading.lastChunkAt - startMs;
}

/** Output tokens by the server's count, else by the chunks of a stream (one token a chunk, a guess that is named). */
function countOutput(reading: Reading, stream: boolean): { outputTokens: number | null; source: TokenSource | null } {
  if (reading.usage.outputTokens !== null) return { outputTokens: reading.usage.outputTokens, source: 'usage' };
  return stream && reading.chunks > 0
    ? { outputTokens: reading.chunks, source: 'chunks' }
    : { outputTokens: null, source: null };
}

/**
 * Gaps between successive chunks that carry output. Where all of those are neighbours the gaps are there already; where
 * other events stand between them, such as a ping with data, the time is that from one output to the next.
 * @param gapsMs becomes the result: in k6 cutting it costs a tenth of copying a part
 */
function outputGaps(
  gapsMs: Milliseconds[],
  outputs: readonly Span[],
  times: readonly Milliseconds[],
): readonly Milliseconds[] {
  if (outputs.length === 1) {
    const { from, to } = outputs[0] as Span;
    gapsMs.length = to;
    gapsMs.splice(0, from + 1);
    return gapsMs;
  }
  const outputTimes = outputs.flatMap(({ from, to }) => times.slice(from, to));
  return measureGaps(0, outputTimes, 0, 0).gapsMs.slice(1);
}
