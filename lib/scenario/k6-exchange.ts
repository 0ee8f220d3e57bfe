import type exec from 'k6/execution';
import type { ApiRequest } from '../api/api.ts';
import type { RunConfig } from '../config/parameters.ts';
import { buildRecord, type RequestContext } from '../measure/build-record.ts';
import { INTERNAL_ERROR } from '../measure/classify-failure.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { escapeText } from '../shared/escape-text.ts';
import { cleanServerText, cleanServerTexts } from '../shared/server-text.ts';
import { send } from '../stream/k6-transport.ts';
import { type Clock, noAnswer, type ReceivedAnswer } from '../stream/received-answer.ts';
import { createFailureTeller, type FailureTeller } from './failure-teller.ts';
import { withWords } from './k6-connection.ts';
import { createEmitter } from './k6-emit.ts';
import { addSample, type K6Metrics } from './k6-metrics.ts';
import { complain, warn } from './k6-say.ts';
import { abortedRecord, mayBeStopped, wasStopped } from './k6-stopped-request.ts';
import type { Sink } from './k6-write-line.ts';

/** One request that is ready to go, and what its record says beside the answer. */
export interface Exchange {
  readonly request: ApiRequest;
  /** As it is sent, with the limits of a user who leaves. */
  readonly sent: ApiRequest;
  readonly config: RunConfig;
  /** Closes the stream after the first event for which it says so. */
  readonly isEnough?: ((data: string, name: string) => boolean) | undefined;
  /** Whether nothing is kept of it any more when it has ended. */
  readonly isOver?: (() => boolean) | undefined;
  /** Whether the text of the answer is read, whatever the record keeps. */
  readonly readsText: boolean;
  /** What its record is, where it is none of the load; else its stage. */
  readonly mark: Pick<RequestRecord, 'warmup' | 'probe' | 'stage'>;
  /** Whether the service is known to redirect, which k6/x/sse does not say. */
  readonly isRedirected: boolean;
  /** Calls what sends or counts, at once. */
  readonly act?: <T>(call: () => T) => T;
  /** Of this request alone: what is known when it is sent is added. */
  readonly context: Omit<RequestContext, 'runId' | 'startedAt' | 'startMs'>;
}

/** A VU, as long as it lives. */
export interface VuPorts {
  readonly clock: Clock;
  readonly vu: typeof exec.vu;
  /** Where its records go; null: nowhere. */
  readonly sink: Sink | null;
}

/** What came of a request. */
export interface Exchanged {
  readonly received: ReceivedAnswer;
  readonly record: RequestRecord;
}

/** Fields of a record that hold no text of the server's, or one that is masked already: a key `EMPTY` is not a kind of failure. */
const NOT_THE_SERVERS: readonly string[] = [
  ...['run_id', 'segment', 'scenario', 'started_at', 'outcome', 'failure', 'ttft_rule', 'token_source'],
  ...['model', 'api', 'nonce', 'chunk_gaps_ms', 'prompt', 'response'],
];

/**
 * Makes what a VU does with each request: it is sent, its record taken, counted in k6's metrics and written, and what a person
 * wants to know of it is said. It never throws,
 * and ends with null where nothing is kept.
 */
export function createExchanger(
  metrics: K6Metrics,
  runId: string,
): (exchange: Exchange, ports: VuPorts) => Promise<Exchanged | null> {
  const teller = createFailureTeller(runId, globalThis);
  const emitRecord = createEmitter(metrics);
  const asked = new Set<number>();
  let hasCompleted = false;
  return async (exchange, { clock, vu, sink }) => {
    const { request, config, context, mark, act = (call) => call() } = exchange;
    const { mask } = context;
    const startedAt = new Date().toISOString();
    const startMs = clock.currentTestRunDuration;
    let received: ReceivedAnswer;
    try {
      received = await act(() => send(exchange.sent, clock, exchange.readsText, exchange.isEnough));
      received = await withWords(received, request, asked, context.vu);
    } catch (problem) {
      // An iteration that ends in an exception leaves no record, and k6 has no exit code for it.
      received = noAnswer(problem, clock.currentTestRunDuration);
    }
    // What was under way at the end of the load is closed.
    if (exchange.isOver?.()) return null;
    if (config.noTestConnection && received.redirectedTo !== undefined && teller.isFirstNote('redirect')) {
      warn(escapeText(cleanServerText(`the service redirects to ${received.redirectedTo}`, mask)));
    }
    if (exchange.isRedirected) received = { redirectedTo: request.url, ...received };
    if (context.shortenReceived) received = context.shortenReceived(received);
    const built = buildRecord(received, Object.assign(context, { runId, startedAt, startMs }));
    const ended = mayBeStopped(built) && (await wasStopped(clock)) ? abortedRecord(built) : built;
    const measured = cleanServerTexts(ended, mask, NOT_THE_SERVERS);
    const record: RequestRecord = Object.assign(measured, mark);
    act(() => {
      emitRecord(record, vu, sink);
      if (hasCompleted || mark.warmup || mark.probe || record.outcome !== 'completed') return;
      hasCompleted = true;
      addSample(metrics, 'llm_measured', true);
    });
    report(record, config, teller);
    return { received, record };
  };
}

/**
 * Says what a person watching wants to know: each kind of failure once, each note once, a fault of
 * this program always, and, when asked, every n-th request.
 */
function report(record: RequestRecord, config: RunConfig, teller: FailureTeller): void {
  const { failure, index } = record;
  const kind = record.warmup === true ? 'warm-up request' : record.probe === true ? 'probe' : 'request';
  const name = `${kind} ${index}`;
  for (const note of record.notes ?? []) {
    if (teller.isFirstNote(note)) warn(`${name}: ${escapeText(note)}`);
  }
  if (failure?.detail.startsWith(INTERNAL_ERROR) === true && teller.isFirstOfKind(INTERNAL_ERROR)) {
    complain(`${name}: ${escapeText(failure.detail)}. This is a bug of k6-llm-perf: please report it.`);
    return;
  }
  // Who stops a run knows it, and each VU of k6 would say it.
  const isNews = failure !== null && failure.kind !== 'aborted' && teller.isFirstOfKind(failure.kind);
  if (failure !== null && (config.debug || isNews)) {
    warn(`${name} failed: ${failure.kind}: ${escapeText(failure.detail)}`);
  } else if (config.debug || (config.logEveryNQuery > 0 && (index + 1) % config.logEveryNQuery === 0)) {
    const { latency_ms, ttft_ms, output_tokens } = record;
    const ms = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} ms`);
    console.info(
      `${name}: ${record.outcome}, latency ${ms(latency_ms)}, TTFT ${ms(ttft_ms)}, ${output_tokens ?? '–'} output tokens`,
    );
  }
}
