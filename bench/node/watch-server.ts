// Looks at a page of metrics as the command line does, for so many seconds: URL, seconds, the file to write.
import { watchServer } from '../../lib/cli/run/watch-server.ts';

const [url = '', seconds = '10', file = ''] = process.argv.slice(2);
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
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
await end();
