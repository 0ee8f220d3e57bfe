import { escapeText } from '../shared/escape-text.ts';
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
    await response.body?.cancel();
    return response.ok ? null : `status ${response.status}`;
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
    return describeFetchError(error);
  }
}
