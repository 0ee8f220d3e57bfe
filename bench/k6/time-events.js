// The least that a script can do which times every chunk: per event it reads the clock and the text, and later adds the gap
// to a Trend. It looks at no text, knows no error and makes no record. Settings: URL, NUMBER, PARALLEL.
import exec from 'k6/execution';
import { Trend } from 'k6/metrics';
import sse from 'k6/x/sse';

const itl = new Trend('llm_itl', true);
const vus = Number(__ENV.PARALLEL || 1);
export const options = {
  scenarios: {
    time: { executor: 'shared-iterations', vus, iterations: Number(__ENV.NUMBER || vus), maxDuration: '1h' },
  },
  systemTags: ['status', 'name', 'scenario'],
};

export default async function () {
  const clock = exec.instance;
  const times = [];
  const texts = [];
  let count = 0;
  let stream;
  await sse.open(
    __ENV.URL,
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Accept-Encoding': 'identity' },
      body: '{"stream":true}',
      timeout: '600s',
      tags: { name: 'completion' },
    },
    (client) => {
      stream = client;
      client.on('event', (event) => {
        times[count] = clock.currentTestRunDuration;
        texts[count++] = event.data;
      });
    },
  );
  stream?.close();
  if (count < 2) throw new Error(`only ${count} events came`);
  for (let i = 1; i < count; i++) itl.add(times[i] - times[i - 1]);
}

export function handleSummary() {
  return {};
}
