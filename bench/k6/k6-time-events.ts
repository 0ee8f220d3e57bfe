// The least that a script can do which times every chunk: per event it reads the clock and the text, and later adds the gap
// to a Trend. It looks at no text, knows no error and makes no record.
import exec from 'k6/execution';
import { Trend } from 'k6/metrics';
import { expectEvents, readStream } from './k6-stream.ts';

export { handleSummary, options } from './k6-stream.ts';

const itl = new Trend('llm_itl', true);

export default async function (): Promise<void> {
  const clock = exec.instance;
  const times: number[] = [];
  const texts: string[] = [];
  let count = 0;
  await readStream(() => (event) => {
    times[count] = clock.currentTestRunDuration;
    texts[count++] = event.data;
  });
  expectEvents(count);
  for (let i = 1; i < count; i++) itl.add((times[i] as number) - (times[i - 1] as number));
}
