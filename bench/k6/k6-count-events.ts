// The floor of k6/x/sse: a handler that only counts, in either engine.
import { expectEvents, readStream } from './k6-stream.ts';

export { handleSummary, options } from './k6-stream.ts';

export default async function (): Promise<void> {
  let count = 0;
  await readStream(() => () => {
    count += 1;
  });
  expectEvents(count);
}
