// A server that is never the bottleneck: every answer is one prepared buffer. Arguments: tokens, wire.
import { createServer } from 'node:net';
import { prepareAnswer, type Wire } from './answer.ts';

const [tokens = '1000', wire = 'chunks'] = process.argv.slice(2);
const answer = prepareAnswer({ tokens: Number(tokens), wire: wire as Wire });

const server = createServer({ noDelay: true }, (socket) => {
  let request = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece) => {
    request += piece.toString('latin1');
    const head = request.indexOf('\r\n\r\n');
    if (head < 0) return;
    if (request.startsWith('GET /cpu')) {
      const { user, system } = process.cpuUsage();
      const body = JSON.stringify({ cpu_ms: (user + system) / 1000 });
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      return;
    }
    const length = Number(/content-length: *(\d+)/i.exec(request)?.[1] ?? 0);
    if (request.length >= head + 4 + length) socket.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address() as { port: number };
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
// The parent holds the other end of this pipe: when it is gone, so is this server.
process.stdin.on('end', () => process.exit(0)).resume();
