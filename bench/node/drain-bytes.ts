// The floor of reading in Node: a client that takes the bytes of each answer and looks at none of them.
// Arguments: URL, NUMBER=requests.
import { request } from 'node:http';

const [url = '', requests = 'NUMBER=1'] = process.argv.slice(2);
const count = Number(requests.replace('NUMBER=', ''));

function drain(): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent: false }, (response) => {
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
      });
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end('{"stream":true}');
  });
}

await drain();
const cpu = process.cpuUsage();
const started = performance.now();
let bytes = 0;
for (let i = 0; i < count; i++) bytes += await drain();
const wallMs = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(`${JSON.stringify({ wall_ms: wallMs, cpu_ms: (user + system) / 1000, bytes })}\n`);
