// Looks at a page of metrics as the command line does, for so many seconds, and then wakes as often without a look: URL,
// seconds of looks, the file to write, seconds without.
import { watchServer } from '../../lib/cli/run/watch-server.ts';

const [url = '', seconds = '10', file = '', idle = '0'] = process.argv.slice(2);
const { end } = await watchServer(
  {
    urls: ['http://127.0.0.1:1/v1'],
    insecure: false,
    serverMetrics: [url],
    serverMetricsHeaders: {},
    serverMetricNames: [],
    gpuMetrics: [],
  },
  'bench',
  file,
  process.env,
);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
await wait(Number(seconds) * 1000);
await end();
for (let second = 0; second < Number(idle); second++) await wait(1000);
