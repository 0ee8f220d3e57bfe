import type { FailureKind } from '../shared/failure-kinds.ts';
import { isSuccess } from '../shared/http-status.ts';
import { ownValue } from '../shared/own-value.ts';
import { cleanServerText, MAX_SERVER_TEXT, type Mask } from '../shared/server-text.ts';
import { joinFirstEvents } from '../stream/event-texts.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import { classifyErrorText } from './classify-error-text.ts';
import type { Failure } from './request-record.ts';

/** What a reading of the events found out, as far as success depends on it. */
export interface StreamOutcome {
  readonly hasOutput: boolean;
  /** By its end mark or, where that is enough, its finish reason. */
  readonly finished: boolean;
  /** The first finish reason with which the server gave up on the answer. */
  readonly failedReason: string | null;
  /** Text of the first error object, else empty. */
  readonly apiError: string;
  /** Text of the first event or body that could not be understood, else empty. */
  readonly malformed: string;
  /** The last event that was neither a chunk nor an error, else empty: it may say why an answer lacks its end. */
  readonly lastOther: string;
}

/**
 * One header, as engines write its name (`Retry-After`), or in lower case; null without it. Looking at all of them in k6
 * would take a second for a hundred thousand.
 */
export function headerOf({ headers }: Pick<ReceivedAnswer, 'headers'>, name: string): string | null {
  return ownValue(headers, name) ?? ownValue(headers, name.toLowerCase()) ?? null;
}

function statusDetail(received: ReceivedAnswer): string {
  const retryAfter = headerOf(received, 'Retry-After');
  const body = (received.text || joinFirstEvents(received.data, MAX_SERVER_TEXT)).trim();
  const location = received.status >= 300 && received.status < 400 ? headerOf(received, 'Location') : null;
  const parts = [`HTTP ${received.status}`];
  if (location) parts.push(`redirects to ${location}: use that URL`);
  if (retryAfter !== null) parts.push(`Retry-After: ${retryAfter}`);
  if (body !== '') parts.push(body);
  return parts.join('; ');
}

/** Too many requests, and Anthropic's "overloaded". */
const TOO_MANY: readonly number[] = [429, 529];

/**
 * Decides whether a request failed, and how; null when it completed.
 *
 * Completed is: a status of 2xx, at least one chunk with output, and an end as the API has it, with no error object,
 * no finish reason of an error, and nothing that could not be read. Status 200 alone means nothing: k6 reports it
 * for a stream that was cut, too.
 * @param mask takes secrets out of what a server echoed
 * @param endWords what ends an answer of this API
 */
export function classifyFailure(
  received: ReceivedAnswer,
  outcome: StreamOutcome,
  mask: Mask,
  endWords: string,
): Failure | null {
  const fail = (kind: FailureKind, detail: string): Failure => ({
    kind,
    status: received.status === 0 ? null : received.status,
    detail: cleanServerText(detail, mask),
  });
  const { status, error, internalError } = received;
  if (internalError !== undefined) return fail('bad-payload', `${INTERNAL_ERROR}: ${internalError}`);
  if (status === 0) return fail(classifyErrorText(error), error || 'no response');
  if (!isSuccess(status))
    return fail(TOO_MANY.includes(status) ? 'rate-limited' : 'http-status', statusDetail(received));
  if (outcome.apiError !== '') return fail('api-error', outcome.apiError);
  if (outcome.failedReason !== null) return fail('api-error', describeReason(outcome));
  const { finished } = outcome;
  if (error !== '' && !finished) {
    const kind = classifyErrorText(error);
    // Whatever ended it, the connection was there.
    return fail(kind === 'refused' ? 'reset' : kind, error);
  }
  if (outcome.malformed !== '') return fail('bad-payload', outcome.malformed);
  if (outcome.hasOutput && finished) return null;
  if (!outcome.hasOutput && finished)
    return fail('empty', withOther('the answer finished without any output', outcome));
  return fail('cut', withOther(`the stream ended before ${endWords}`, outcome));
}

/** What a failure's detail begins with that is the fault of this program. */
export const INTERNAL_ERROR = 'internal error while reading the answer';

function describeReason(outcome: StreamOutcome): string {
  return withOther(`the server ended the answer with finish_reason "${outcome.failedReason}"`, outcome);
}

function withOther(text: string, { lastOther }: StreamOutcome): string {
  return lastOther === '' ? text : `${text}; last event that is not a chunk: ${lastOther}`;
}
