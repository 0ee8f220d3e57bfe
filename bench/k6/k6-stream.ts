// What the scripts of the benchmarks share: how many requests they send, and how they send one.
// Settings: URL, NUMBER, PARALLEL, BODY.
import sse, { type SseClient, type SseEvent } from 'k6/x/sse';

const vus = Number(__ENV['PARALLEL'] || 1);

export const options = {
  scenarios: {
    stream: { executor: 'shared-iterations', vus, iterations: Number(__ENV['NUMBER'] || vus), maxDuration: '1h' },
  },
  systemTags: ['status', 'name', 'scenario'],
};

export const TIMEOUT_MS = 600_000;
const PARAMS = {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'Accept-Encoding': 'identity' },
  body: __ENV['BODY'] || '{"stream":true}',
  timeout: `${TIMEOUT_MS}ms`,
  tags: { name: 'completion' },
};

/** Sends one request, and closes its stream at the end. @param onOpen gives the handler of its events */
export async function readStream(onOpen: (client: SseClient) => (event: SseEvent) => void): Promise<void> {
  let stream = null as SseClient | null;
  await sse.open(__ENV['URL'] as string, PARAMS, (client) => {
    stream = client;
    client.on('event', onOpen(client));
  });
  stream?.close();
}

/** No figure may come of answers that did not come. */
export function expectEvents(count: number): void {
  if (count < 2) throw new Error(`only ${count} events came`);
}

/** Of k6's own summary nothing is wanted. */
export function handleSummary(): object {
  return {};
}
