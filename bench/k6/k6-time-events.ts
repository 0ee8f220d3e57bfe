// The least that a script can do which times every chunk: per event it reads the clock and the text, and later adds the gap
// to a Trend. It looks at no text, knows no error and makes no record. Prints what it measured: `LeastMeasured`.
import exec from 'k6/execution';
import { Trend } from 'k6/metrics';
import { expectEvents, readStream, options as streamOptions } from './k6-stream.ts';
import type { LeastMeasured } from './least-measured.ts';

export const options = { ...streamOptions, summaryTrendStats: ['avg', 'p(99)'] };

/** Before it comes the role. */
const FIRST_OUTPUT = 1;

const ttft = new Trend('llm_ttft', true);
const itl = new Trend('llm_itl', true);

export default async function (): Promise<void> {
  const clock = exec.instance;
  const startMs = clock.currentTestRunDuration;
  const times: number[] = [];
  const texts: string[] = [];
  let count = 0;
  await readStream(() => (event) => {
    times[count] = clock.currentTestRunDuration;
    texts[count++] = event.data;
  });
  expectEvents(count);
  ttft.add((times[FIRST_OUTPUT] as number) - startMs);
  for (let i = 1; i < count; i++) itl.add((times[i] as number) - (times[i - 1] as number));
}

/** Them alone. */
export function handleSummary({ metrics }: { metrics: Record<string, { values: LeastMeasured['ttft'] }> }): object {
  return { stdout: JSON.stringify({ ttft: metrics['llm_ttft']?.values, itl: metrics['llm_itl']?.values }) };
}
