// What each step of measuring costs k6: the same answers, read with more and more of what a scenario does.
// Settings: URL, NUMBER, EVENTS (of an answer), STEP. Prints the microseconds of one event, of the fastest tenth of the requests.
import exec from 'k6/execution';
import { Trend } from 'k6/metrics';
import type { SseClient, SseEvent } from 'k6/x/sse';
import { openaiChat } from '../../lib/api/openai-chat.ts';
import { buildRecord } from '../../lib/measure/build-record.ts';
import { readEvents } from '../../lib/measure/read-events.ts';
import type { Clock } from '../../lib/stream/received-answer.ts';
import { createEventRecorder, type EventRecorder } from '../../lib/stream/record-events.ts';
import { exampleContext } from '../../tests/fixtures/example-context.ts';
import { readStream, options as streamOptions, TIMEOUT_MS } from './k6-stream.ts';
import { STEPS, type Step } from './step-names.ts';

const step = STEPS.indexOf(__ENV['STEP'] as Step);
const events = Number(__ENV['EVENTS']);
const itl = new Trend('llm_itl', true);
const eventTime = new Trend('event_us');

export const options = { ...streamOptions, summaryTrendStats: ['p(10)'] };

let count = 0;

/** The handler of a step, with what it keeps. */
function createHandler(clock: Clock, recorder: EventRecorder): (event: SseEvent) => void {
  const times: number[] = [];
  const texts: string[] = [];
  if (has('keep')) return recorder.onEvent;
  if (has('text')) {
    return (event) => {
      times[count] = clock.currentTestRunDuration;
      texts[count++] = event.data;
    };
  }
  if (has('clock')) {
    return () => {
      times[count++] = clock.currentTestRunDuration;
    };
  }
  return () => {
    count += 1;
  };
}

/** Whether the step to be measured is this one or a later one. */
function has(name: Step): boolean {
  return step >= STEPS.indexOf(name);
}

/** One answer, and what the step does with it once it is there. */
export default async function (): Promise<void> {
  const clock = exec.instance;
  const startMs = clock.currentTestRunDuration;
  let client: SseClient | null = null;
  const recorder = createEventRecorder(clock, TIMEOUT_MS, () => client?.close(), false, openaiChat);
  const onEvent = createHandler(clock, recorder);
  count = 0;
  await readStream((opened) => {
    client = opened;
    return onEvent;
  });
  const endMs = clock.currentTestRunDuration;
  if (has('read')) {
    const seen = recorder.finish();
    const received = { ...seen, status: 200, headers: {}, firstByteMs: null, endMs };
    if (has('record')) {
      const record = buildRecord(received, exampleContext({ startMs, totalTimeoutMs: TIMEOUT_MS }));
      if (has('format')) count += JSON.stringify(record).length;
      if (has('add')) addAll(record.chunk_gaps_ms);
    } else {
      count += readEvents(received, { reader: openaiChat, startMs, choices: 1, keepText: false }).chunks;
    }
  }
  eventTime.add(((clock.currentTestRunDuration - startMs) * 1000) / events);
}

function addAll(gaps: readonly number[]): void {
  for (let i = 0; i < gaps.length; i++) itl.add(gaps[i] as number);
}

/** The one number. */
export function handleSummary(data: { metrics: { event_us: { values: Record<string, number> } } }): object {
  return { stdout: JSON.stringify({ event_us: data.metrics.event_us.values['p(10)'] }) };
}
