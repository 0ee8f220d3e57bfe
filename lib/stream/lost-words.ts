import type { Milliseconds } from '../shared/units.ts';
import type { ReceivedAnswer } from './received-answer.ts';

/** Longer is not waited for the words of a refusal, which come as fast as the refusal. */
export const LONGEST_QUESTION_MS: Milliseconds = 10_000;

/** The same while the load runs, where a request that is served the second time would be work of which no number tells. */
export const LONGEST_ASKING_MS: Milliseconds = 1000;

/** VUs of an instance that ask: a service at its limit must not get every refused request twice. */
export const MOST_ASKING_VUS = 10;

/**
 * Whether an answer came without the stream that was asked for, and without a word of why: k6/x/sse hands over whole lines
 * only, and the body of most refusals does not end in a line feed. `k6/http` shows it.
 */
export function hasLostWords({ status, headers, error, text, data, done }: ReceivedAnswer): boolean {
  if (status === 0 || error !== '' || text.trim() !== '' || data.length > 0 || done) return false;
  return !Object.entries(headers).some(([name, value]) => name.toLowerCase() === 'content-length' && value === '0');
}
