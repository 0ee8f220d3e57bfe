import { findApi, findKeyVariable } from '../api/apis.ts';
import type { RunConfig } from '../config/parameters.ts';
import { classifyErrorText, cutAddress } from '../measure/classify-error-text.ts';

/** What the connection test ran into. */
export type ConnectionFault =
  /** No answer came: the engine's error. */
  | { readonly kind: 'no-answer'; readonly error: string }
  /** A status other than 2xx, with the words of the server. */
  | { readonly kind: 'refused'; readonly status: number; readonly words: string }
  /** An answer of status 2xx that the run could not measure: why, and the words of the server. */
  | { readonly kind: 'bad-answer'; readonly status: number; readonly words: string }
  /** It is sent to another origin, or round in a circle. */
  | { readonly kind: 'redirect'; readonly status: number; readonly to: string; readonly isCircle: boolean };

/** What else is known where the test failed. */
export interface ConnectionFacts {
  readonly config: RunConfig;
  /** What the server says it serves; null where nobody asked, or it did not say. */
  readonly models: readonly string[] | null;
  /** Redirects within the origin that the way led over. */
  readonly notes: readonly string[];
  /** How long it was tried, where that was asked for. */
  readonly waitedMs: number | null;
  /** Makes a text of a server safe to show: masked, escaped, bounded. */
  readonly show: (text: string) => string;
}

/** More models than this are not listed. */
const MOST_MODELS = 20;

/** The lines for a person: what was tried, what came back, what to do. The first two hold the server's words. */
export function describeFault(fault: ConnectionFault, facts: ConnectionFacts): string[] {
  const { config, models, notes, waitedMs, show } = facts;
  const waited = waitedMs === null ? '' : `, tried for ${formatSeconds(waitedMs)}`;
  return [
    `connection test failed: POST ${show(config.url)}${waited}`,
    `  got:   ${show(describeAnswer(fault))}`,
    `  check: ${adviseOn(fault, facts)}`,
    ...(models === null ? [] : describeModels(models, facts)),
    ...notes.map((note) => `  note:  ${note}`),
    '  --no-test-connection (NO_TEST_CONNECTION=true) starts the load without this test',
  ];
}

/** What came back, on one line. */
export function describeAnswer(fault: ConnectionFault): string {
  switch (fault.kind) {
    case 'no-answer':
      return fault.error || 'no answer';
    case 'refused':
    case 'bad-answer':
      return `HTTP ${fault.status}${fault.words === '' ? ', without a word' : `: ${fault.words}`}`;
    case 'redirect':
      return fault.isCircle
        ? `HTTP ${fault.status}: redirects without an end, at last to ${fault.to}`
        : `HTTP ${fault.status}: redirects to ${fault.to}: use that URL`;
    default:
      return fault satisfies never;
  }
}

/** Whether the same request may get through later: the service is starting, or has too much to do. */
export function mayPass(fault: ConnectionFault): boolean {
  if (fault.kind === 'no-answer') return certificateFault(fault.error) === null;
  if (fault.kind !== 'refused') return false;
  return [404, 408, 425, 429].includes(fault.status) || fault.status >= 500;
}

function adviseOn(fault: ConnectionFault, facts: ConnectionFacts): string {
  switch (fault.kind) {
    case 'no-answer':
      return adviseOnError(fault.error);
    case 'refused':
      return adviseOnStatus(fault.status, fault.words, facts);
    case 'bad-answer':
      return adviseOnAnswer(fault.words);
    case 'redirect':
      return fault.isCircle
        ? 'the redirects of the server, or of a proxy in front of it'
        : `--url ${facts.show(fault.to)}, since a redirect gets no key; if it asks for a login, only requests without a key can go there`;
    default:
      return fault satisfies never;
  }
}

function adviseOnError(text: string): string {
  const error = cutAddress(text);
  const kind = classifyErrorText(error);
  return (
    certificateFault(error) ??
    pick(error, [
      [/^malformed request: /, 'the file of --api (API), which made no request'],
      [
        /HTTP response to HTTPS client|first record does not look like a TLS handshake/,
        'the server speaks plain HTTP: write http:// in --url (URL)',
      ],
      [
        /(?:^|: )(?:no such host$|lookup )/,
        'no name server knows the host of --url (URL): check its spelling, and the network of this machine (or container)',
      ],
    ]) ??
    (kind === 'refused'
      ? 'is the server started, and are host, port and scheme of --url (URL) right? --wait-for-model 5m waits for it'
      : kind === 'timeout'
        ? 'the server did not answer in time: is it loading the model (--wait-for-model 5m), or is a firewall in between? --connect-timeout and --read-timeout allow more for the connection and the first token'
        : 'the connection broke off before an answer came: see the logs of the server and of any proxy')
  );
}

/** The advice of the first row whose pattern is in a text; null without one. */
function pick(text: string, rows: readonly (readonly [RegExp, string])[]): string | null {
  return rows.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** What is wrong with a certificate; null when nothing is. Go's words, in both engines. */
function certificateFault(text: string): string | null {
  const error = cutAddress(text);
  if (!/x509: |tls: failed to verify|certificate/.test(error)) return null;
  const fault = pick(error, [
    [/has expired|not yet valid/, " has expired, or is not yet valid by this machine's clock"],
    [
      /certificate is valid for|doesn't match|not valid for any names|cannot validate certificate for|altnames/i,
      ' is made out to another host: write that one in --url (URL)',
    ],
    [
      /unknown authority|self-signed|self signed/i,
      ' is self-signed, or of an unknown authority: SSL_CERT_FILE=ca.pem (k6) or NODE_EXTRA_CA_CERTS=ca.pem (Node) adds one',
    ],
  ]);
  return `the certificate of the server${fault ?? ''}; --insecure (INSECURE=true) skips the check`;
}

function adviseOnStatus(status: number, words: string, { config, models, waitedMs }: ConnectionFacts): string {
  const given = hasKey(config);
  const api = findApi(config);
  const giveKey = `give the key with the environment variable API_KEY (or ${findKeyVariable(config)})`;
  const path = `the path of --url (URL), which usually ends in /v1${api.path}`;
  switch (status) {
    case 401:
    case 407:
      return given
        ? `the key was refused: is that of API_KEY (or --headers) for this service, and still valid?${api.keyHint ?? ''}`
        : giveKey;
    case 403:
      return given ? 'the key was refused: it may not do this, or not with this model' : giveKey;
    case 404:
      return models?.includes(config.model) === true
        ? `${path}: the model is served`
        : `${path}, and --model (MODEL): does the server serve it (GET /v1/models)?`;
    case 405:
      return `${path}: nothing takes a POST there`;
    case 429:
      return 'the server limits the rate: wait, or use a key with a higher limit';
    case 502:
    case 503:
    case 504:
      return waitedMs === null
        ? 'the server is not ready, often since the model is loading: --wait-for-model 5m waits for it'
        : 'the server was never ready: see its log; --wait-for-model allows more';
    default:
      return status < 500 ? adviseOnBody(words) : 'see the server log';
  }
}

/** Servers name the field that they refuse. */
function adviseOnBody(words: string): string {
  return (
    pick(words, [
      [/stream_options|include_usage/, 'the server refuses stream_options: --stream-options off leaves them out'],
      [
        /max_completion_tokens/,
        'the server wants another name for the limit: --max-tokens-field max_completion_tokens',
      ],
      [/min_tokens/, 'the server refuses min_tokens: leave --min-tokens out'],
      [/\bstream(?:ing)?\b/, 'the server says something about streaming: --stream or --no-stream'],
    ]) ?? 'the server refuses the request body, for the reason above; --extra-args and --query-template change it'
  );
}

function adviseOnAnswer(words: string): string {
  return (
    pick(words, [
      [/text\/html/, 'a web page answers: check --url (URL), and for a proxy or a login in between'],
      [/in place of an event stream/, 'the server answers without streaming: --no-stream (STREAM=off) measures it so'],
    ]) ?? 'see the server log'
  );
}

/** Whether the user gave anything that may be a key. */
function hasKey({ apiKey, headers }: RunConfig): boolean {
  return apiKey !== null || Object.keys(headers).some((name) => /auth|key|token|cookie/i.test(name));
}

function describeModels(models: readonly string[], { config, show }: ConnectionFacts): string[] {
  if (models.length === 0) return ['  the server lists no model (GET /v1/models)'];
  const shown = models.slice(0, MOST_MODELS).map(show).join(', ');
  const more = models.length > MOST_MODELS ? ` and ${models.length - MOST_MODELS} more` : '';
  const isKnown = models.includes(config.model);
  return [
    `  the server serves: ${shown}${more}`,
    ...(isKnown ? [] : [`  try:   --model ${show(models[0] as string)}`]),
  ];
}

/** `12 s`, `5 min`. */
export function formatSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}
