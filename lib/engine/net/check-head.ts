import type { ClientRequest, IncomingMessage } from 'node:http';
import { MAX_RESPONSE_HEADERS } from './go-errors.ts';

/** What Go refuses in the head of a response and Node's lenient parser lets pass, in Go's words; null for nothing. */
export function headFault({ rawHeaders, httpVersion }: IncomingMessage): string | null {
  const codings: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (value.includes('\0')) return broken(`malformed MIME header line: ${JSON.stringify(`${name}: ${value}`)}`);
    if (name.toLowerCase() === 'transfer-encoding') codings.push(value);
  }
  const [coding = 'chunked'] = codings;
  if (httpVersion === '1.0') return null;
  if (codings.length > 1) return broken(`too many transfer encodings: ${JSON.stringify(codings)}`);
  return coding.toLowerCase() === 'chunked' ? null : broken(`unsupported transfer encoding: ${JSON.stringify(coding)}`);
}

function broken(what: string): string {
  return `net/http: HTTP/1.x transport connection broken: ${what}`;
}

/** About so long. */
const STATUS_LINE = 30;

/** Ends a request whose interim responses (1xx) have more headers together than a response may have. */
export function limitInterimHeaders(request: ClientRequest): void {
  let size = 0;
  request.on('information', ({ rawHeaders }) => {
    size += rawHeaders.reduce((sum, text) => sum + text.length + 2, STATUS_LINE);
    if (size > MAX_RESPONSE_HEADERS) request.destroy(Object.assign(new Error(), { code: 'HPE_HEADER_OVERFLOW' }));
  });
}

/** Whether nothing but the end of the connection tells the end of the body, so that an error there leaves it cut. */
export function endsWithConnection({ headers, statusCode }: IncomingMessage): boolean {
  if (statusCode === 204 || statusCode === 304) return false;
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
}
