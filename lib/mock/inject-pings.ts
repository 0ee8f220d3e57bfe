import type { Milliseconds } from '../shared/units.ts';
import { type AnswerPlan, headersDue } from './answer-plan.ts';
import type { StreamEvent } from './step.ts';

/** What servers send to keep a connection alive; none of these is an event with a payload, `event` apart. */
const PING_TEXTS = {
  comment: ': ping\n\n',
  bare: ':\n\n',
  blank: '\n\n',
  'empty-data': 'data:\n\n',
  event: 'event: ping\ndata: {"type":"ping"}\n\n',
} as const;

/** The same events with pings between them: some spread before the first output, others at a fixed distance. */
export function* injectPings(events: Iterable<StreamEvent>, plan: AnswerPlan): Generator<StreamEvent> {
  const { pingEveryMs, pingBeforeFirst, pingStyle } = plan.options;
  const start = headersDue(plan);
  const before = spreadBetween(start, plan.ttft, pingBeforeFirst);
  let regular = pingEveryMs > 0 ? start + pingEveryMs : Number.POSITIVE_INFINITY;
  for (const event of events) {
    for (;;) {
      const due = Math.min(before[0] ?? Number.POSITIVE_INFINITY, regular);
      if (due >= event.due) break;
      if (due === before[0]) before.shift();
      else regular += pingEveryMs;
      yield { due, kind: 'ping', tokens: 0, data: PING_TEXTS[pingStyle], raw: true };
    }
    yield event;
  }
}

/** `count` times that part the stretch into equal pieces; on a stretch of no length, just before its end. */
function spreadBetween(start: Milliseconds, end: Milliseconds, count: number): Milliseconds[] {
  const length = Math.max(end - start, 0.001);
  return Array.from({ length: count }, (_, i) => end - length + (length * (i + 1)) / (count + 1));
}
