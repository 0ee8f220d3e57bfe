import { createSecretMasker } from '../config/secrets.ts';
import { escapeText } from '../shared/escape-text.ts';
import { isObject, parseJson } from '../shared/json.ts';
import { describeFetchError } from '../shared/node-fetch-error.ts';
import type { PushedRun } from './headline-numbers.ts';
import { formatOtlp, placeOtlp } from './otlp-json.ts';
import { formatPrometheus, placePrometheus } from './prometheus-text.ts';
import type { PushPlace } from './push-flags.ts';

const TIMEOUT_MS = 10_000;

/** How a form is sent: what, as which type, and where. */
const FORMS = {
  prometheus: { type: 'text/plain; version=0.0.4', body: formatPrometheus, place: placePrometheus },
  otlp: { type: 'application/json', body: formatOtlp, place: placeOtlp },
} as const;

/**
 * Sends runs to every place, one after another.
 *
 * @returns a line for each place that did not take them all: the first reason, without the query of its URL, which may be a key
 */
export async function pushRuns(places: readonly PushPlace[], runs: readonly PushedRun[]): Promise<string[]> {
  const said = await Promise.all(places.map((place) => pushTo(place, runs)));
  return said.filter((line) => line !== null);
}

async function pushTo(place: PushPlace, runs: readonly PushedRun[]): Promise<string | null> {
  for (const [index, run] of runs.entries()) {
    const why = await pushOne(place, run);
    if (why === null) continue;
    const { origin, pathname } = new URL(place.url);
    const what = runs.length === 1 ? 'the run was' : `${runs.length - index} of ${runs.length} runs were`;
    return `${what} not pushed to ${origin}${pathname === '/' ? '' : pathname}: ${escapeText(why)}`;
  }
  return null;
}

/** null where it was taken. A redirect is not followed: the headers may be keys. */
async function pushOne({ form, url, headers }: PushPlace, run: PushedRun): Promise<string | null> {
  const { type, body, place } = FORMS[form];
  try {
    const response = await fetch(place(url, run), {
      ...{ method: 'POST', headers: { 'content-type': type, ...headers }, body: body(run), redirect: 'manual' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const mask = createSecretMasker({ apiKey: null, headers, url });
    const text = mask(await readStart(response));
    if (response.ok) return form === 'otlp' ? describeRejected(text) : null;
    const words = text.trim().replace(/\s+/g, ' ').slice(0, LONGEST_REASON);
    return `status ${response.status}${words === '' ? '' : `: ${words}`}`;
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
    return describeFetchError(error);
  }
}

/** A gateway says why it refuses a text, in a line or two. */
const LONGEST_REASON = 200;
const MOST_READ = 20_000;

async function readStart({ body }: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    if (text.length > MOST_READ) break;
  }
  return text;
}

/** A collector that takes a part alone answers with 200: https://opentelemetry.io/docs/specs/otlp/#partial-success-1 */
function describeRejected(text: string): string | null {
  const answer = parseJson(text);
  const partial = isObject(answer) ? answer['partialSuccess'] : undefined;
  if (!isObject(partial)) return null;
  const { rejectedDataPoints, errorMessage } = partial;
  const rejected = Number(rejectedDataPoints ?? 0);
  if (!(rejected > 0)) return null;
  const why =
    typeof errorMessage === 'string' && errorMessage !== '' ? `: ${errorMessage.slice(0, LONGEST_REASON)}` : '';
  return `${rejected} of its numbers were refused${why}`;
}
