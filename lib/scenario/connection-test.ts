import type { ApiRequest } from '../api/api.ts';
import { buildBareRequest, shortenAnswer } from '../api/connection-requests.ts';
import type { RunConfig } from '../config/parameters.ts';
import { classifyErrorText } from '../measure/classify-error-text.ts';
import type { Failure } from '../measure/request-record.ts';
import type { Milliseconds } from '../shared/units.ts';
import { hasLostWords, LONGEST_QUESTION_MS } from '../stream/lost-words.ts';
import type { Clock, ReceivedAnswer } from '../stream/received-answer.ts';
import { hasSameOrigin, redirectTarget } from '../stream/redirect.ts';
import { type ConnectionFault, describeAnswer, describeFault, formatSeconds, mayPass } from './connection-advice.ts';
import { modelsUrl, readModelIds } from './served-models.ts';

/** A plain request and its whole answer: status 0 and an error where none came. */
export interface Question {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: Milliseconds;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly error: string;
}

/** What the test does to the world, so that the test itself runs anywhere. */
export interface ConnectionPorts {
  readonly clock: Clock;
  /** Whether `send` sees the events of a stream, and so can close it after the first output. */
  readonly seesEvents: boolean;
  /** Sends a request of the run. `begun`: a chunk came; what was closed after its first output counts as done. */
  readonly send: (request: ApiRequest) => Promise<ReceivedAnswer & { readonly begun: boolean }>;
  /** What a run would make of the answer; null where the request completed. */
  readonly judge: (received: ReceivedAnswer, request: ApiRequest) => Failure | null;
  /** Asks through `k6/http`; redirects are not followed. */
  readonly ask: (question: Question) => Promise<Answer>;
  /** Whether a connection to the origin of a URL comes about. */
  readonly connects: (url: string, timeoutMs: Milliseconds) => Promise<boolean>;
  readonly pause: (ms: Milliseconds) => Promise<void>;
  readonly say: (line: string) => void;
  /** The service redirects within its origin. */
  readonly onDetour?: () => void;
  /** Makes a text of a server safe to show. */
  readonly show: (text: string) => string;
}

/** A redirect is answered at once; who takes longer is thinking about the request. */
const LONGEST_PROBE_MS = 10_000;
/** As many as Go follows. */
const MOST_REDIRECTS = 10;
/** Of a service that is being waited for: the first try is given up after this, each further one after twice the time. */
const FIRST_TRY_MS = 5000;
const PAUSE_MS = 1000;
/** The same words are said again after this. */
const SAY_AGAIN_MS = 30_000;

/**
 * Tests the connection with a request of the run itself, before the load.
 *
 * First goes a request without anything of the user's, to see whether the service redirects: k6/x/sse follows redirects and
 * hands every header on, and so the key to whoever is named there. Then the run's own request, read to its first output.
 * Where a whole answer must be waited for, a short one is asked for first; only if that is refused, the request as it is.
 * @returns null when the load can start; else lines for a person, the server's words in the first two
 */
export async function testConnection(
  config: RunConfig,
  request: ApiRequest,
  ports: ConnectionPorts,
): Promise<readonly string[] | null> {
  const { clock, say } = ports;
  const startedAt = clock.currentTestRunDuration;
  const waitMs = config.waitForModelS === null ? null : config.waitForModelS * 1000;
  const notes = new Set<string>();
  let said = '';
  let saidAt = 0;
  for (let round = 0; ; round++) {
    const left = waitMs === null ? null : Math.max(waitMs - (clock.currentTestRunDuration - startedAt), PAUSE_MS);
    const limits = limitsOf(config, request, round, left);
    const fault = await tryOnce(config, request, limits, notes, ports);
    const now = clock.currentTestRunDuration;
    if (fault === null) {
      if (round > 0) say(`the service answers, after ${formatSeconds(now - startedAt)}`);
      for (const note of notes) say(note);
      return null;
    }
    if (waitMs === null || !mayPass(fault) || now - startedAt >= waitMs) {
      const models = isAboutTheModel(fault) ? await askForModels(request, ports) : null;
      const waitedMs = waitMs === null ? null : now - startedAt;
      return describeFault(fault, { config, models, notes: [...notes], waitedMs, show: ports.show });
    }
    const words = ports.show(describeAnswer(fault));
    if (words !== said || now - saidAt >= SAY_AGAIN_MS) {
      say(`waiting for the service (${formatSeconds(now - startedAt)} of ${formatSeconds(waitMs)}): ${words}`);
      said = words;
      saidAt = now;
    }
    await ports.pause(Math.min(PAUSE_MS, waitMs - (now - startedAt)));
  }
}

/** How long each step of a try may take: connecting, the first event of a stream or a short answer, any whole answer. */
function limitsOf(config: RunConfig, request: ApiRequest, round: number, leftMs: Milliseconds | null) {
  const most = leftMs ?? Number.POSITIVE_INFINITY;
  const aTry = leftMs === null ? most : Math.min(most, FIRST_TRY_MS * 2 ** Math.min(round, 20));
  return {
    connectMs: Math.min(config.connectTimeoutS * 1000, aTry),
    firstMs: Math.min(request.readTimeoutMs, request.totalTimeoutMs, aTry),
    wholeMs: Math.min(request.totalTimeoutMs, most),
  };
}

/** The longest that the test can take, all its steps at their limits: what k6's `setupTimeout` has to allow. */
export function longestConnectionTestS(config: RunConfig): number {
  const { connectTimeoutS, readTimeoutS, totalTimeoutS, waitForModelS, noTestConnection } = config;
  if (noTestConnection) return 0;
  const questionS = LONGEST_QUESTION_MS / 1000;
  const probeS = connectTimeoutS + (MOST_REDIRECTS * LONGEST_PROBE_MS) / 1000;
  const tryS = probeS + Math.min(readTimeoutS, totalTimeoutS) + totalTimeoutS + questionS;
  return (waitForModelS ?? 0) + tryS + questionS;
}

async function tryOnce(
  config: RunConfig,
  request: ApiRequest,
  limits: ReturnType<typeof limitsOf>,
  notes: Set<string>,
  ports: ConnectionPorts,
): Promise<ConnectionFault | null> {
  const probed = await probe(config, limits.connectMs, notes, ports);
  if (probed !== null) return probed;
  if (request.stream && ports.seesEvents) return sendOnce({ ...request, totalTimeoutMs: limits.firstMs }, ports);
  const short = await sendOnce({ ...shortenAnswer(request), totalTimeoutMs: limits.firstMs }, ports);
  if (short === null || short.kind === 'no-answer' || short.kind === 'redirect') return short;
  // A service that is starting, or too busy, did not look at the body.
  return mayPass(short) ? short : sendOnce({ ...request, totalTimeoutMs: limits.wholeMs }, ports);
}

/**
 * Asks without anything of the user's whether a connection comes about, and whether the service redirects to another origin.
 * @returns null when the run's own request can be sent
 */
async function probe(
  config: RunConfig,
  connectMs: Milliseconds,
  notes: Set<string>,
  ports: ConnectionPorts,
): Promise<ConnectionFault | null> {
  const bare = buildBareRequest(config);
  const timeoutMs = Math.min(connectMs, LONGEST_PROBE_MS);
  let url = bare.url;
  for (let hop = 0; ; hop++) {
    const answer = await ports.ask({ ...bare, method: 'POST', url, timeoutMs });
    if (answer.status === 0) return hop === 0 ? judgeNoAnswer(url, answer.error, connectMs, timeoutMs, ports) : null;
    const to = redirectTarget(url, answer);
    if (to === null) return null;
    const { status } = answer;
    if (!hasSameOrigin(to, config.url)) return { kind: 'redirect', status, to, isCircle: false };
    if (hop === MOST_REDIRECTS) return { kind: 'redirect', status, to, isCircle: true };
    ports.onDetour?.();
    notes.add(
      `the service redirects (HTTP ${status}) to ${ports.show(to)}: use that URL, since every request goes both ways`,
    );
    url = to;
  }
}

/** No connection is the end of the test; anything else is left to the run's own request. */
async function judgeNoAnswer(
  url: string,
  error: string,
  connectMs: Milliseconds,
  triedMs: Milliseconds,
  ports: ConnectionPorts,
): Promise<ConnectionFault | null> {
  const kind = classifyErrorText(error);
  if (kind === 'refused' || /(?:^|: )(?:dial|lookup|proxyconnect) /.test(error)) return { kind: 'no-answer', error };
  if (kind !== 'timeout') return null;
  // Nobody says whether it was the connection that took so long, or the answer.
  const restMs = Math.max(connectMs - triedMs, Math.min(connectMs, PAUSE_MS));
  if (await ports.connects(url, restMs)) return null;
  return { kind: 'no-answer', error: `no connection within ${formatSeconds(connectMs)}: request timeout` };
}

/** Sends a request of the run, and judges its start as the run judges an answer. */
async function sendOnce(request: ApiRequest, ports: ConnectionPorts): Promise<ConnectionFault | null> {
  const received = await ports.send(request);
  const { status, error, redirectedTo = request.url } = received;
  if (status === 0) return { kind: 'no-answer', error };
  const to = redirectTarget(request.url, received);
  if (to !== null) return { kind: 'redirect', status, to, isCircle: false };
  // A redirect of requests with a key alone; k6/x/sse has followed it.
  if (!hasSameOrigin(redirectedTo, request.url)) {
    return { kind: 'redirect', status, to: redirectedTo, isCircle: false };
  }
  const failure = ports.judge(received, request);
  // An answer in good order without a word of it is one: ten tokens may all go into thinking.
  if (failure === null || failure.kind === 'empty') return null;
  if (failure.kind === 'timeout') {
    if (received.begun) return null;
    const silence = `headers came, but no event within ${formatSeconds(request.totalTimeoutMs)}`;
    return { kind: 'no-answer', error: `${silence}: ${error || 'request timeout'}` };
  }
  const isRefused = failure.kind === 'http-status' || failure.kind === 'rate-limited';
  const kind = isRefused ? 'refused' : 'bad-answer';
  // `HTTP 503; Retry-After: 2; body`, of which the status is known.
  const detail = isRefused ? failure.detail.replace(/^HTTP \d+(?:; )?/, '') : failure.detail;
  if (!hasLostWords(received)) return { kind, status, words: detail };
  const timeoutMs = Math.min(request.totalTimeoutMs, LONGEST_QUESTION_MS);
  const again = await ports.ask({ ...request, method: 'POST', timeoutMs });
  const words = again.text.trim();
  if (!isRefused) return { kind, status, words: [detail, words].filter(Boolean).join(': ') };
  const changed = again.status === status || again.status === 0 ? '' : `(asked again: HTTP ${again.status}) `;
  return { kind, status, words: `${changed}${words}` };
}

function isAboutTheModel(fault: ConnectionFault): boolean {
  if (fault.kind !== 'refused') return false;
  return fault.status === 404 || (fault.status < 500 && /\bmodel\b/i.test(fault.words) && fault.status !== 401);
}

/** What the service says it serves, asked with the run's key; null where it does not say. */
async function askForModels({ url, headers }: ApiRequest, ports: ConnectionPorts): Promise<readonly string[] | null> {
  const { 'Content-Type': _, ...rest } = headers;
  const question = { url: modelsUrl(url), headers: rest, body: null, timeoutMs: LONGEST_QUESTION_MS };
  const answer = await ports.ask({ ...question, method: 'GET' });
  return answer.status === 200 ? readModelIds(answer.text) : null;
}
