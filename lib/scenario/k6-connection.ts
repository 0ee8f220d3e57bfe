import exec from 'k6/execution';
import http, { type RefinedParams } from 'k6/http';
import type { ApiRequest } from '../api/api.ts';
import { judgeAnswer } from '../measure/build-record.ts';
import { SEES_EVENTS, send } from '../stream/k6-transport.ts';
import { hasLostWords, LONGEST_ASKING_MS, MOST_ASKING_VUS } from '../stream/lost-words.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import type { Answer, ConnectionPorts, Question } from './connection-test.ts';
import { warn } from './k6-say.ts';

/** What the connection test does in k6; a function for each thing, made when the test is. */
export function createConnectionPorts(show: (text: string) => string): ConnectionPorts {
  const clock = exec.instance;
  return {
    clock,
    seesEvents: SEES_EVENTS,
    send: async (request) => {
      let begun = false;
      let enough = false;
      const received = await send(request, clock, false, (data, name) => {
        if (data.trim() === '' || request.api.endOf(data, name) === 'mark') return false;
        const { kind, hasChoices, hasOutput } = request.api.readEvent(data, name);
        begun ||= hasChoices;
        enough ||= hasOutput;
        return hasOutput || kind === 'error' || kind === 'malformed';
      });
      return { ...received, done: received.done || enough, begun };
    },
    // As the run judges an answer, but for its secrets, which are masked where the text is shown.
    judge: (received, request) =>
      judgeAnswer(received, { request, startMs: 0, keepText: 'never', mask: (text) => text }),
    ask: askPlainly,
    // The times of an answer that never came show whether something was sent. k6 logs the URL, so only the origin is asked.
    connects: async (url, timeoutMs) => {
      const [origin = ''] = /^[a-z]+:\/\/[^/?#]*/i.exec(url) ?? [];
      const { status, timings } = await http.asyncRequest('GET', `${origin}/`, null, {
        redirects: 0,
        timeout: `${timeoutMs}ms`,
        tags: { name: 'question' },
        responseType: 'none',
      });
      return status > 0 || timings.sending + timings.waiting > 0;
    },
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    say: warn,
    show,
  };
}

/** `throw`: without it k6 logs a warning for every request that fails, with the URL and whatever key is in it. */
async function askPlainly({ method, url, headers, body, timeoutMs }: Question): Promise<Answer> {
  const params = {
    headers: { ...headers },
    redirects: 0,
    timeout: `${timeoutMs}ms`,
    tags: { name: 'question' },
    responseType: 'text',
    throw: true,
  } as RefinedParams<'text'>;
  try {
    const answer = await http.asyncRequest(method, url, body, params);
    const text = typeof answer.body === 'string' ? answer.body : '';
    return { status: answer.status, headers: answer.headers, text, error: answer.error };
  } catch (error) {
    return { status: 0, headers: {}, text: '', error: String(error).replace(/^(?:Go)?Error: /, '') };
  }
}

/**
 * The answer with its words, where k6/x/sse did not hand them over: they are asked for once more through `k6/http`, once for
 * each status and VU, since VUs share nothing, and by a few VUs. It is not a request of the run; no metric of ours has it.
 *
 * @param asked the statuses that this VU has asked for, this one added
 * @param vu    its number in the instance
 */
export async function withWords(
  received: ReceivedAnswer,
  request: ApiRequest,
  asked: Set<number>,
  vu: number,
): Promise<ReceivedAnswer> {
  const { status } = received;
  if (status < 400 || vu > MOST_ASKING_VUS || asked.has(status) || !hasLostWords(received)) return received;
  asked.add(status);
  const timeoutMs = Math.min(request.totalTimeoutMs, LONGEST_ASKING_MS);
  const again = await askPlainly({ ...request, method: 'POST', timeoutMs });
  return again.status === status ? { ...received, text: again.text } : received;
}
