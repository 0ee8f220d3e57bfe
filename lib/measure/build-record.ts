import type { Api, ApiRequest } from '../api/api.ts';
import type { TokenSource, TtftRule } from '../shared/failure-kinds.ts';
import { isSuccess } from '../shared/http-status.ts';
import { cleanServerText } from '../shared/server-text.ts';
import { type Milliseconds, roundToMicroseconds } from '../shared/units.ts';
import { toEventTexts } from '../stream/event-texts.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import { classifyFailure, headerOf } from './classify-failure.ts';
import { measureGaps } from './gaps.ts';
import { measureOutputGaps } from './output-gaps.ts';
import { type Reading, readEvents } from './read-events.ts';
import type { AppliedTtftRule, ConversationTurn, Failure, RequestRecord } from './request-record.ts';
import { parseRetryAfter } from './retry-after.ts';
import { computeTpot } from './tpot.ts';
import { noteTransport } from './transport-notes.ts';
import { computeTtft } from './ttft.ts';

/** What the scenario knows about a request beside its answer. */
export interface RequestContext {
  readonly request: Pick<
    ApiRequest,
    'api' | 'body' | 'model' | 'choices' | 'inputs' | 'mostOutputTokens' | 'stream' | 'totalTimeoutMs'
  >;
  readonly index: number;
  readonly runId: string | null;
  readonly segment: string | null;
  readonly scenario: string;
  /** Number of the VU in its instance. */
  readonly vu: number;
  /** Wall clock at the start, ISO 8601. */
  readonly startedAt: string;
  readonly startMs: Milliseconds;
  /** When an open loop wanted it to start, and how long it then waited for a free place; null in a closed loop. */
  readonly scheduledMs: Milliseconds | null;
  readonly queuedMs: Milliseconds | null;
  /** How long the user of this request waits before they leave; null where they stay, or leave with the first token. */
  readonly leavesAfterMs: Milliseconds | null;
  /** Lateness of this client's last timer; null where it was not measured. */
  readonly clientLagMs: Milliseconds | null;
  /** Where it went, where a run has several URLs. */
  readonly url: string | null;
  readonly datasetIndex: number | null;
  /** Absent for a prompt of its own. */
  readonly conversation?: ConversationTurn | undefined;
  readonly ttftRule: TtftRule;
  /** What only some scripts read of an answer. */
  readonly readMore?: ((received: ReceivedAnswer) => Partial<RequestRecord>) | undefined;
  /** Takes out of an answer what is long and nobody reads, such as pictures that are echoed. */
  readonly shortenReceived?: ((received: ReceivedAnswer) => ReceivedAnswer) | undefined;
  /** Counted when the dataset was prepared; null where it was not counted. */
  readonly preparedInputTokens: number | null;
  /** Whether the record holds prompt and response: `always`, `never`, or only where the server sent no usage. */
  readonly keepText: 'always' | 'without-usage' | 'never';
  readonly prompt: string;
  readonly mask: (text: string) => string;
}

/**
 * Makes the record of one request, completed or failed, out of what the transport saw. Pure: takes no clock.
 *
 * An exception of this program while it reads an answer fails that one request, with its text, and not the iteration,
 * which would leave no record.
 */
export function buildRecord(received: ReceivedAnswer, context: RequestContext): RequestRecord {
  return orUnread(received, (answer) => measure(answer, context));
}

/** What a run makes of an answer: why it failed; null where it completed. */
export function judgeAnswer(received: ReceivedAnswer, context: AnswerContext): Failure | null {
  return orUnread(received, (answer) => judge(answer, readAnswer(answer, context), context));
}

function orUnread<T>(received: ReceivedAnswer, make: (received: ReceivedAnswer) => T): T {
  try {
    return make(received);
  } catch (problem) {
    const unread = { data: toEventTexts([]), times: received.times && [], text: '', internalError: String(problem) };
    return make({ ...received, ...unread });
  }
}

function measure(received: ReceivedAnswer, context: RequestContext): RequestRecord {
  const { request, startMs, keepText, mask } = context;
  const { stream } = request;
  const { times } = received;
  const reading = readAnswer(received, context);
  const ended = judge(received, reading, context);
  const isCancelled = ended !== null && hasLeft(ended, received, context);
  const failure = isCancelled ? null : ended;
  const seesEvents = stream && times !== null;
  const ttft = !stream ? null : seesEvents ? computeTtft(reading, context.ttftRule) : received.firstByteMs;
  const ttftRule: AppliedTtftRule = stream && !seesEvents ? 'first-byte' : context.ttftRule;
  const { outputTokens, source, doubts } = countOutput(reading, request);
  const { gapsMs, clockSteps } = measureGaps(startMs, times ?? [], received.endMs, request.totalTimeoutMs);
  const withText = keepText === 'always' || (keepText === 'without-usage' && source !== 'usage');
  const notes = [...noteTransport(received), ...doubts, ...reading.notes].map((note) =>
    cleanServerText(note, mask, MAX_NOTE),
  );
  const outputTimes = {
    ttft_ms: rounded(ttft),
    ttft_rule: ttftRule,
    first_output_ms: rounded(reading.first_output_ms),
    last_output_ms: rounded(reading.last_output_ms),
    chunk_gaps_ms: times === null ? [] : measureOutputGaps(gapsMs, reading.outputs, times),
    ...(reading.outputs.length > 1 ? { choices: reading.outputs.length } : {}),
  };
  return {
    v: 2,
    index: context.index,
    run_id: context.runId,
    segment: context.segment,
    scenario: context.scenario,
    started_at: context.startedAt,
    start_ms: roundToMicroseconds(startMs),
    end_ms: roundToMicroseconds(received.endMs),
    outcome: isCancelled ? 'cancelled' : failure === null ? 'completed' : 'failed',
    failure,
    status: received.status === 0 ? null : received.status,
    stream,
    ...outputTimes,
    first_event_ms: rounded(reading.first_event_ms),
    first_choices_ms: rounded(reading.first_choices_ms),
    first_content_ms: rounded(reading.first_content_ms),
    latency_ms: rounded(computeLatency(received, reading, startMs, seesEvents)),
    chunks: stream ? reading.chunks : null,
    reasoning_chunks: stream ? reading.reasoningChunks : null,
    tpot_ms: rounded(computeTpot(outputTimes, outputTokens)),
    // 0 cannot be true: every prompt has tokens.
    input_tokens: reading.usage.inputTokens || context.preparedInputTokens,
    output_tokens: outputTokens,
    cached_tokens: cachedTokens(reading),
    prepared_tokens: reading.usage.inputTokens ? context.preparedInputTokens : null,
    token_source: source,
    finish_reason: reading.finishReason === null ? null : cleanServerText(reading.finishReason, mask, MAX_NOTE),
    scheduled_ms: rounded(context.scheduledMs),
    late_ms: rounded(context.scheduledMs === null ? null : startMs - context.scheduledMs),
    queued_ms: rounded(context.queuedMs),
    connect_ms: rounded(received.connectMs ?? null),
    retry_after_s: readRetryAfter(received, context),
    conversation: context.conversation ?? null,
    model: request.model,
    api: request.api.name,
    dataset_index: context.datasetIndex,
    nonce: null,
    vu: context.vu,
    ...(context.clientLagMs === null ? {} : { client_lag_ms: roundToMicroseconds(context.clientLagMs) }),
    ...(context.url === null ? {} : { url: withoutQuery(context.url) }),
    ...(request.inputs === null ? {} : { inputs: request.inputs }),
    ...(clockSteps === 0 ? {} : { clock_steps: clockSteps }),
    ...context.readMore?.(received),
    ...(notes.length === 0 ? {} : { notes }),
    ...(withText ? { prompt: context.mask(context.prompt), response: context.mask(reading.response) } : {}),
  };
}

/** As records and samples name a URL: its query may hold a key. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

function readRetryAfter(received: ReceivedAnswer, { startedAt, startMs }: RequestContext): number | null {
  const header = headerOf(received, 'Retry-After');
  return header === null ? null : parseRetryAfter(header, Date.parse(startedAt) + received.endMs - startMs);
}

/** As times are kept; formatting a record as JSON needs nothing more. */
function rounded(value: Milliseconds | null): Milliseconds | null {
  return value === null ? null : roundToMicroseconds(value);
}

/** What of a request its answer is read and judged by. */
interface AnswerContext extends Pick<RequestContext, 'startMs' | 'keepText' | 'mask'> {
  readonly request: Pick<ApiRequest, 'api' | 'body' | 'choices' | 'inputs' | 'stream'>;
}

function judge(received: ReceivedAnswer, reading: Reading, { request, mask }: AnswerContext): Failure | null {
  const { api, stream } = request;
  const { hasOutput, failedReason, apiError, lastOther } = reading;
  const malformed = reading.malformed || describeNoStream(received, stream);
  const done = stream ? received.done : received.error === '';
  const finished = done || (reading.finished && (api.endsByReason || !stream));
  const outcome = { hasOutput, finished, failedReason, apiError, malformed, lastOther };
  return classifyFailure(received, outcome, mask, api.endWords);
}

/** Timers of an engine fire a little early by the clock of another. */
const EARLY_MS = 2;

/** Whether it was the user who ended a request. A server that failed before, or another limit, is a failure all the same. */
function hasLeft({ kind }: Failure, { left, endMs }: ReceivedAnswer, context: RequestContext): boolean {
  const { leavesAfterMs, startMs } = context;
  if (kind === 'cut') return left === true;
  return kind === 'timeout' && leavesAfterMs !== null && endMs - startMs >= leavesAfterMs - EARLY_MS;
}

/** Longer than any finish reason of a known server, and long enough for a note. */
const MAX_NOTE = 200;

/** An answer without streaming is one event that ends with the body. */
function readAnswer(received: ReceivedAnswer, { request, startMs, keepText }: AnswerContext): Reading {
  const { api, stream, choices } = request;
  const context = { reader: api, startMs, choices, keepText: keepText !== 'never' };
  if (stream && received.text !== '' && isSuccess(received.status))
    return withBareText(readEvents(received, context), received, api);
  if (stream || !isSuccess(received.status)) return readEvents(received, context);
  const whole = { ...received, data: toEventTexts([received.text]), times: null };
  return readEvents(whole, { ...context, reader: { ...api, readEvent: (body) => api.readWhole(body, request) } });
}

/** What a server writes into a stream that is not an event: as a rule the bare JSON of its error. */
function withBareText(reading: Reading, { text, data }: ReceivedAnswer, { readEvent }: Api): Reading {
  const bare = readEvent(text.trim(), '');
  if (bare.kind === 'error') return { ...reading, apiError: reading.apiError || bare.problem };
  return data.length === 0 ? reading : { ...reading, lastOther: text.trim() };
}

/**
 * What came where a stream was asked for and none came: it cannot be measured, so the request fails. k6/x/sse may not
 * even hand over its text, which leaves the content type.
 * @returns empty when there is an event, or nothing that speaks against a stream
 */
function describeNoStream(received: ReceivedAnswer, stream: boolean): string {
  if (!stream || !isSuccess(received.status) || received.data.length > 0 || received.done) return '';
  const text = received.text.trim();
  const encoding = headerOf(received, 'Content-Encoding');
  if (encoding !== null && encoding !== 'identity' && !received.inflated)
    return `a ${encoding} body, although the request asked for none; ${wayRound(encoding)}`;
  const type = headerOf(received, 'Content-Type') ?? 'text/event-stream';
  if (text === '' && /^text\/event-stream|ndjson/i.test(type)) return '';
  return `${type} in place of an event stream${text === '' ? '' : `: ${text}`}`;
}

/** How a body that came compressed all the same can be read: k6 undoes gzip that it asked for itself, the Node engine more. */
function wayRound(encoding: string): string {
  return encoding === 'gzip' ? '--headers Accept-Encoding=gzip reads it' : '--engine node reads gzip, deflate and br';
}

/** To the last event that carries a chunk; to the complete body where the transport shows no events. */
function computeLatency(
  received: ReceivedAnswer,
  reading: Reading,
  startMs: Milliseconds,
  seesEvents: boolean,
): Milliseconds | null {
  if (received.status === 0) return null;
  return seesEvents ? reading.last_chunk_ms : received.endMs - startMs;
}

/** More than the whole prompt cannot be cached. */
function cachedTokens({ usage: { inputTokens, cachedTokens } }: Reading): number | null {
  return inputTokens !== null && cachedTokens !== null && cachedTokens > inputTokens ? null : cachedTokens;
}

/** Output tokens, by whose count, and what speaks against the server's. */
interface OutputCount {
  readonly outputTokens: number | null;
  readonly source: TokenSource | null;
  readonly doubts: readonly string[];
}

/** So much more than was asked for may still be true: some servers count reasoning apart. */
const MOST_TIMES = 10;
const MOST_BESIDE = 1000;

/** So many chunks one token may fill, where a gateway sends its characters one by one. */
const MOST_CHUNKS = 8;

/**
 * Output tokens by the server's count unless it cannot be true, else by the chunks of a stream (one token a chunk, a guess
 * that is named).
 */
function countOutput(reading: Reading, request: RequestContext['request']): OutputCount {
  const { usage, chunks } = reading;
  const counted = usage.outputTokens;
  const odd = counted === null ? null : doubtCount(counted, reading, request.mostOutputTokens);
  const doubts = odd === null ? [] : [`the server's usage says ${odd}, and is not believed`];
  if (counted !== null && doubts.length === 0) return { outputTokens: counted, source: 'usage', doubts };
  if (!request.stream || chunks === 0) return { outputTokens: null, source: null, doubts };
  return { outputTokens: chunks, source: 'chunks', doubts };
}

/** What a count says that cannot be true; null where it may be. */
function doubtCount(counted: number, { hasOutput, chunks, outputs }: Reading, most: number | null): string | null {
  if (counted === 0) return hasOutput ? '0 output tokens beside output' : null;
  if (counted * MOST_CHUNKS < chunks) return `less than one output token for ${MOST_CHUNKS} chunks`;
  // LiteLLM 1.108 passes on the usage of one choice of a server that counts each.
  const ofAll = counted * outputs.length;
  if (counted < chunks && chunks <= ofAll && chunks > 0.75 * ofAll) return 'the output tokens of one choice alone';
  if (most === null || counted <= most * MOST_TIMES + MOST_BESIDE) return null;
  return `more than ${MOST_TIMES} times the tokens that were asked for`;
}
