import type { FailureKind } from '../shared/failure-kinds.ts';

/** What Go's client puts before an error: `Post "http://dialog-llm:8000/v1": `. The URL may hold any word. */
const FRAME = /^(?:[A-Z][A-Za-z]* "(?:[^"\\]|\\.)*": )+/;

/**
 * Go's texts, each at the end of an error or at the beginning of a part of it, so that no word of an address or of what a
 * server sent is taken for one. The first that fits decides.
 */
const KINDS: readonly (readonly [RegExp, FailureKind])[] = [
  [/\(Client\.Timeout [a-z ]*\)$/, 'timeout'],
  [/(?:^|: )(?:context deadline exceeded|i\/o timeout|(?:connection|operation) timed out)$/, 'timeout'],
  [/(?:^|: )(?:request timeout|TLS handshake timeout|timeout awaiting response headers)$/, 'timeout'],
  [/^read timeout: /, 'timeout'],
  [/(?:^|: )(?:(?:context|request) canceled|interrupted)$/, 'aborted'],
  [/(?:^|: )unexpected EOF$/, 'cut'],
  [/^(?:dial|lookup|proxyconnect)\b/, 'refused'],
  [/(?:^|: )(?:connection reset by peer|broken pipe|(?:use of )?closed (?:network )?connection)$/, 'reset'],
  [/(?:^|: )(?:tls|x509): /, 'refused'],
  [/(?:^|: )(?:server gave HTTP response to HTTPS client|too many open files)$/, 'refused'],
  [/(?:^|: )unsupported protocol scheme "[^"]*"$/, 'refused'],
  [/(?:^|: )invalid header field (?:name|value)/, 'refused'],
  [/^(?:IP \(.*\) is in a blacklisted range|hostname \(.*\) is (?:in a )?blocked)/, 'refused'],
  // A proxy that will not connect: Go gives the words of its status and nothing else.
  [/^(?:[A-Z][a-z]+(?:[ -][A-Z][A-Za-z]+)*|unknown status code)$/, 'refused'],
  [/^stopped after \d+ redirects$/, 'http-status'],
  [/(?:^|: )(?:failed to parse Location header|\d{3} response missing Location header)/, 'http-status'],
  [
    /(?:^|: )(?:malformed|invalid (?:byte in )?chunk|http chunk length too large|chunked line too long)\b/,
    'bad-payload',
  ],
  [
    /(?:^|: )(?:chunked (?:encoding contains|line ends)|too many (?:chunked|transfer)|unsupported transfer encoding)/,
    'bad-payload',
  ],
  [/(?:^|: )(?:bad Content-Length|message cannot contain multiple Content-Length)/, 'bad-payload'],
  [
    /(?:^|: )(?:server response headers exceeded|invalid content length|error decompressing response body)/,
    'bad-payload',
  ],
  [/^(?:gzip|flate|zlib|brotli|zstd): /, 'bad-payload'],
];

/**
 * The failure kind of an engine's error text. Both engines use Go's words, k6 because it is written in Go.
 *
 * The error decides, not the address in it: the URL is cut off, and what is left is compared by its fixed words.
 * `refused`: no connection came about (refused, DNS, TLS, unreachable, no descriptor left, a proxy that will not connect).
 * `cut`: the peer ended the body too early. `bad-payload`: what came is not HTTP. `http-status`: redirects without an end.
 * `reset`: everything else that ended a connection.
 */
export function classifyErrorText(text: string): FailureKind {
  const whole = text.trim();
  const error = cutAddress(whole);
  const kind = KINDS.find(([pattern]) => pattern.test(error))?.[1] ?? 'reset';
  // Go frames what happens before the response is there: then there was no body to be cut.
  return kind === 'cut' && error !== whole ? 'reset' : kind;
}

/** The error without the method and the URL before it, whose words are not the error's. */
export function cutAddress(text: string): string {
  return text.trim().replace(FRAME, '');
}
