import { connect } from 'node:net';

/** An answer as it came off the wire; for tests, and independent of every HTTP library. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The HTTP chunks of a chunked body, one per write of the server; of another body one with everything. */
  readonly chunks: readonly Buffer[];
  /** The body without chunk framing, as UTF-8. */
  readonly body: string;
  /** Whether a chunked body ended with its zero chunk, or one with a length has that length. */
  readonly isWhole: boolean;
  /** The error code of the socket (`ECONNRESET`), or null. */
  readonly error: string | null;
  /** All bytes, as latin1. */
  readonly wire: string;
}

/** A chat request that asks for a stream with usage. */
export const STREAM_BODY = {
  model: 'm',
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'Say something short.' }],
} as const;

/** Posts JSON on a connection of its own and reads until that closes. */
export function postRaw(
  port: number,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const lines = Object.entries({
    host: 'mock',
    connection: 'close',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let error: string | null = null;
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (part) => parts.push(part));
    socket.on('error', (reason: NodeJS.ErrnoException) => {
      error = reason.code ?? reason.message;
    });
    socket.on('close', () => resolve(parseAnswer(Buffer.concat(parts), error)));
    socket.write(
      `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`,
    );
  });
}

/** The payloads of the data lines of a stream with LF line ends. */
export function dataOf(answer: RawAnswer): string[] {
  return answer.body.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice('data: '.length)] : []));
}

/** The events of a stream that are JSON. */
export function jsonOf(answer: RawAnswer): StreamedChunk[] {
  return dataOf(answer).flatMap((data) => (data.startsWith('{') ? [JSON.parse(data) as StreamedChunk] : []));
}

/** The events of a stream that have a name, each with its JSON. */
export function namedEventsOf(answer: RawAnswer): [string, Readonly<Record<string, unknown>>][] {
  return answer.body.split('\n\n').flatMap((block) => {
    const found = /^event: (.*)\ndata: (.*)$/.exec(block);
    return found === null ? [] : [[found[1] as string, JSON.parse(found[2] as string)]];
  });
}

/** What tests look at in an event. */
export interface StreamedChunk {
  readonly id: string;
  readonly object: string;
  readonly choices: readonly {
    readonly index: number;
    readonly text?: string;
    readonly delta: Readonly<Record<string, unknown>>;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Readonly<Record<string, unknown>> | null;
  readonly error?: Readonly<Record<string, unknown>>;
}

function parseAnswer(bytes: Buffer, error: string | null): RawAnswer {
  const wire = bytes.toString('latin1');
  const headEnd = wire.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = (headEnd < 0 ? '' : wire.slice(0, headEnd)).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(': ')[0]?.toLowerCase(), line.split(': ')[1] ?? '']),
  );
  const rest = headEnd < 0 ? bytes.subarray(0, 0) : bytes.subarray(headEnd + 4);
  const isChunked = headers['transfer-encoding'] === 'chunked';
  const { chunks, isWhole } = isChunked
    ? parseChunks(rest)
    : { chunks: [rest], isWhole: rest.length === Number(headers['content-length']) };
  const body = Buffer.concat(chunks).toString('utf8');
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, chunks, body, isWhole, error, wire };
}

function parseChunks(bytes: Buffer): { chunks: Buffer[]; isWhole: boolean } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return { chunks, isWhole: false };
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (size === 0) return { chunks, isWhole: true };
    const chunk = bytes.subarray(lineEnd + 2, lineEnd + 2 + size);
    chunks.push(chunk);
    at = lineEnd + 2 + size + 2;
  }
}
