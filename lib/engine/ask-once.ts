import type { Milliseconds } from '../shared/units.ts';
import { createConnections } from './net/connections.ts';
import { toGoError } from './net/go-errors.ts';
import { readProxies } from './net/proxy.ts';
import { RoundTrip, type RoundTripResult } from './net/round-trip.ts';

/** A request outside of a run. */
export interface Question {
  /** Default: GET. */
  readonly method?: 'POST';
  readonly url: string;
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: Milliseconds;
  readonly insecure: boolean;
  /** Where the proxies are named. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** The whole answer; status 0 and Go's words for the error where none came. */
export interface QuestionAnswer {
  readonly status: number;
  readonly text: string;
  readonly error: string;
}

/** Asks as the engine's `k6/http` asks, proxies and TLS included. Redirects are not followed: headers stay with the origin. */
export async function askOnce(question: Question): Promise<QuestionAnswer> {
  const { method = 'GET', url, body: sent = null, headers, timeoutMs, insecure, env, signal } = question;
  const connections = createConnections({
    insecureSkipTLSVerify: insecure,
    noReuse: true,
    proxyFor: readProxies(env),
    onSocket: () => undefined,
  });
  const { status, body, error, stage } = await new Promise<RoundTripResult>((resolve) => {
    const roundTrip = new RoundTrip(connections, (result) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve(result);
    });
    const timer = setTimeout(() => roundTrip.abort(new Error('request timeout')), timeoutMs);
    const stop = (): void => roundTrip.abort(new Error('interrupted'));
    signal?.addEventListener('abort', stop);
    roundTrip.start({ method, url, headers, body: sent });
  });
  connections.close();
  return { status, text: body.toString('utf8'), error: error === null ? '' : toGoError(error, stage, null).long };
}
