// The floor of k6/x/sse: a handler that only counts, in either engine. Settings: URL, NUMBER, PARALLEL.
import sse from 'k6/x/sse';

const vus = Number(__ENV.PARALLEL || 1);
export const options = {
  scenarios: {
    count: { executor: 'shared-iterations', vus, iterations: Number(__ENV.NUMBER || vus), maxDuration: '1h' },
  },
  systemTags: ['status', 'name', 'scenario'],
};

export default async function () {
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
      client.on('event', () => {
        count += 1;
      });
    },
  );
  stream?.close();
  if (count < 2) throw new Error(`only ${count} events came`);
}

export function handleSummary() {
  return {};
}
