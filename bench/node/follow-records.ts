// Follows a file of records as the command line does, for so long, and prints the share of a core that it took. Arguments: the
// file, seconds.
import { watchRun } from '../../lib/cli/run/watch-run.ts';

const [file = '', seconds = '5'] = process.argv.slice(2);
process.stdout.write('ready\n');
const cpu = process.cpuUsage();
const started = performance.now();
let written = '';
const watch = watchRun({
  file,
  stderr: {
    isTTY: true,
    columns: 120,
    write: (text) => {
      written = text;
      return true;
    },
  },
  draws: true,
  everyFailure: false,
  showsProgress: false,
  mask: (text) => text,
  stall: null,
  total: null,
  durationMs: Number(seconds) * 1000,
  parallel: 64,
  warmups: 0,
  readTimeoutMs: 600_000,
});
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
const { user, system } = process.cpuUsage(cpu);
const wallMs = performance.now() - started;
await watch.end();
process.stdout.write(`${JSON.stringify({ cpu_ratio: (user + system) / 1000 / wallMs, written })}\n`);
