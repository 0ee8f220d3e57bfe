import type { FailureKind } from '../shared/failure-kinds.ts';
import { joinEvents } from '../stream/event-texts.ts';
import type { Exchange } from '../stream/exchange.ts';
import { classifyErrorText } from './classify-error-text.ts';
import type { Failure } from './request-record.ts';

/** Length limit of `Failure.detail`. */
const MAX_DETAIL = 500;

/** What a reading of the events found out, as far as success depends on it. */
export interface StreamOutcome {
  readonly hasOutput: boolean;
  readonly finished: boolean;
  /** Text of the first error object, else empty. */
  readonly apiError: string;
  /** Text of the first event or body that could not be understood, else empty. */
  readonly malformed: string;
}

/** One header, whatever the case of its name; null without it. */
export function headerOf(exchange: Exchange, name: string): string | null {
  for (const [key, value] of Object.entries(exchange.headers)) {
    if (key.toLowerCase() === name) return value;
  }
  return null;
}

function statusDetail(exchange: Exchange): string {
  const retryAfter = headerOf(exchange, 'retry-after');
  const body = (exchange.text || joinEvents(exchange.data)).trim();
  const location = exchange.status >= 300 && exchange.status < 400 ? headerOf(exchange, 'location') : null;
  const parts = [`HTTP ${exchange.status}`];
  if (location !== null) parts.push(`redirects to ${location}: use that URL`);
  if (retryAfter !== null) parts.push(`Retry-After: ${retryAfter}`);
  if (body !== '') parts.push(body);
  return parts.join('; ');
}

/**
 * Decides whether a request failed, and how; null when it completed.
 *
 * Completed is: status 200, at least one chunk with output, and `[DONE]` or a finish reason, with no error object and
 * nothing that could not be read. Status 200 alone means nothing: k6 reports it for a stream that was cut, too.
 * @param mask takes secrets out of what a server echoed
 */
export function classifyFailure(
  exchange: Exchange,
  outcome: StreamOutcome,
  mask: (text: string) => string,
): Failure | null {
  const fail = (kind: FailureKind, detail: string): Failure => ({
    kind,
    status: exchange.status === 0 ? null : exchange.status,
    detail: mask(detail).slice(0, MAX_DETAIL),
  });
  const { status, error } = exchange;
  if (status === 0) return fail(classifyErrorText(error), error || 'no response');
  if (status !== 200) return fail(status === 429 ? 'rate-limited' : 'http-status', statusDetail(exchange));
  if (outcome.apiError !== '') return fail('api-error', outcome.apiError);
  if (outcome.malformed !== '') return fail('bad-payload', outcome.malformed);
  const finished = exchange.done || outcome.finished;
  if (error !== '' && !finished) {
    const kind = classifyErrorText(error);
    // Whatever ended it, the connection was there.
    return fail(kind === 'refused' ? 'reset' : kind, error);
  }
  if (outcome.hasOutput && finished) return null;
  if (!outcome.hasOutput && finished) return fail('empty', 'the answer finished without any output');
  return fail('cut', 'the stream ended before [DONE] or a finish reason');
}
