import { createSecretMasker } from '../config/secrets.ts';
import { escapeText } from '../shared/escape-text.ts';
import { isObject, parseJson } from '../shared/json.ts';
import { cleanServerText } from '../shared/server-text.ts';
import type { Milliseconds } from '../shared/units.ts';
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

/** Sends a text. Redirects are not followed: the headers may be keys. */
export type Post = (request: {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: Milliseconds;
}) => Promise<{
  /** 0 where no answer came. */
  readonly status: number;
  readonly text: string;
  /** Why none came. */
  readonly error: string;
}>;

/** How runs are sent. */
interface Sender {
  readonly post: Post;
  /** Where the proxies are named, whose passwords an answer may show. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Sends runs to every place, one after another.
 *
 * @returns a line for each place that did not take them all: the first reason, without the query of its URL, which may be a key
 */
export async function pushRuns(
  places: readonly PushPlace[],
  runs: readonly PushedRun[],
  sender: Sender,
): Promise<string[]> {
  const said = await Promise.all(places.map((place) => pushTo(place, runs, sender)));
  return said.filter((line) => line !== null);
}

async function pushTo(place: PushPlace, runs: readonly PushedRun[], sender: Sender): Promise<string | null> {
  for (const [index, run] of runs.entries()) {
    const why = await pushOne(place, run, sender);
    if (why === null) continue;
    const { origin, pathname } = new URL(place.url);
    const what = runs.length === 1 ? 'the run was' : `${runs.length - index} of ${runs.length} runs were`;
    return `${what} not pushed to ${origin}${pathname === '/' ? '' : pathname}: ${escapeText(why)}`;
  }
  return null;
}

/** null where it was taken. */
async function pushOne(
  { form, url, headers }: PushPlace,
  run: PushedRun,
  { post, env }: Sender,
): Promise<string | null> {
  const { type, body, place } = FORMS[form];
  const { status, text, error } = await post({
    ...{ method: 'POST', url: place(url, run), body: body(run), timeoutMs: TIMEOUT_MS },
    headers: { 'content-type': type, ...headers },
  });
  const mask = createSecretMasker({ apiKey: null, headers, url }, env);
  if (status === 0) return cleanServerText(error, mask, LONGEST_REASON);
  if (status >= 200 && status < 300) return form === 'otlp' ? describeRejected(mask(text)) : null;
  const words = cleanServerText(text, mask, LONGEST_REASON).trim().replace(/\s+/g, ' ');
  return `status ${status}${words === '' ? '' : `: ${words}`}`;
}

/** A gateway says why it refuses a text, in a line or two. */
const LONGEST_REASON = 200;

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
