// A server that is never the bottleneck: what it sends is prepared. Arguments: mode, tokens, and of `blast` the wire.
//   blast  the whole answer at once
//   paced  an event every 10 ms on every open stream: 100 tokens/s
//   hold   all events at once but the last, which come when /finish is asked for
// GET /stats tells its CPU time, the requests so far, when the last of them came, and the bytes that nobody has read yet.
import { createServer, type Socket } from 'node:net';
import { answerFrames, prepareHead, type Wire } from './answer.ts';

const [mode = 'blast', tokenText = '1000', wireText = 'chunks'] = process.argv.slice(2);
const wire = wireText as Wire;
const frames = answerFrames(Number(tokenText), wire).map((frame) => Buffer.from(frame));
const head = Buffer.from(prepareHead(wire));
const whole = Buffer.concat([head, ...frames]);
/** The finish reason, usage, `[DONE]` and the end of the body. */
const CLOSING = 4;
const TICK_MS = 10;

let requests = 0;
let lastRequestAt = 0;
const held: Socket[] = [];
const paced: { socket: Socket; next: number }[] = [];

function answer(socket: Socket): void {
  requests += 1;
  lastRequestAt = Date.now();
  if (mode === 'blast') {
    socket.end(whole);
  } else if (mode === 'hold') {
    socket.write(Buffer.concat([head, ...frames.slice(0, -CLOSING)]));
    held.push(socket);
  } else {
    socket.write(head);
    paced.push({ socket, next: 0 });
  }
}

/** Sends every stream what is due; missed ticks are caught up, since the times are absolute. */
function startPace(): void {
  const started = performance.now();
  let ticks = 0;
  setInterval(() => {
    for (const due = Math.floor((performance.now() - started) / TICK_MS); ticks < due; ticks++) {
      for (let i = paced.length - 1; i >= 0; i--) {
        const stream = paced[i] as { socket: Socket; next: number };
        if (stream.next < frames.length - CLOSING) {
          stream.socket.write(frames[stream.next++] as Buffer);
        } else {
          stream.socket.end(Buffer.concat(frames.slice(-CLOSING)));
          paced.splice(i, 1);
        }
      }
    }
  }, TICK_MS / 2);
}

function respond(socket: Socket, value: unknown): void {
  const body = JSON.stringify(value);
  socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
}

function route(socket: Socket, path: string): void {
  if (path === '/stats') {
    const { user, system } = process.cpuUsage();
    const pending = held.reduce((sum, { writableLength }) => sum + writableLength, 0);
    respond(socket, { cpu_ms: (user + system) / 1000, requests, last_request_at: lastRequestAt, pending });
  } else if (path === '/finish') {
    for (const stream of held.splice(0)) stream.end(Buffer.concat(frames.slice(-CLOSING)));
    respond(socket, {});
  } else {
    answer(socket);
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  let request = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece) => {
    request += piece.toString('latin1');
    const headEnd = request.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = Number(/content-length: *(\d+)/i.exec(request)?.[1] ?? 0);
    if (request.length < headEnd + 4 + length) return;
    const path = request.split(' ', 2)[1] ?? '';
    request = '';
    route(socket, path);
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as { port: number }).port}\n`);
});
if (mode === 'paced') startPace();
// The parent holds the other end of this pipe: when it is gone, so is this server.
process.stdin.on('end', () => process.exit(0)).resume();
