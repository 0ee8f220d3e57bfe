import type { Milliseconds } from '../shared/units.ts';
import { type AnswerPlan, headersDue } from './answer-plan.ts';
import { shownKey } from './answer-request.ts';
import { isOutput, type Step, type StreamEnd, type StreamEvent } from './step.ts';

/** The words of errors that knobs ask for. */
export const PLANNED_FAULT = 'The model ran into a planned fault';

/**
 * The same events as a server in trouble sends them, and how the stream ends.
 *
 * A fault at a chunk that the stream does not reach never happens. Of several ends after the same chunk the rudest
 * wins: reset, truncate, cut.
 */
export function* injectFaults(events: Iterable<StreamEvent>, plan: AnswerPlan): Generator<Step> {
  const { options } = plan;
  const start = endAfter(plan, 0);
  if (start !== null) return yield { due: headersDue(plan), ...start };
  let shift = options.stallAt === 0 ? options.stallMs : 0;
  let chunk = 0;
  let sent = 0;
  let last = headersDue(plan);
  for (const event of events) {
    const output = isOutput(event);
    if (output) chunk++;
    last = event.due + shift;
    if (output && chunk === options.errorAt) return yield* errorEnd(plan, last, sent);
    if (event.kind !== 'ping') sent++;
    if (output && chunk === options.malformedAt) yield { ...breakOff(event), due: last };
    else if (event.kind === 'done') yield* doneEvents(plan, { ...event, due: last });
    else yield { ...event, due: last };
    const end = output ? endAfter(plan, chunk) : null;
    if (end !== null) return yield { due: last, ...end };
    if (output && chunk === options.stallAt) shift += options.stallMs;
  }
  yield { due: last + options.keepOpenAfterDoneMs, end: 'end', fault: null };
}

function endAfter({ options }: AnswerPlan, chunk: number): Omit<StreamEnd, 'due'> | null {
  if (options.resetAt === chunk || (options.resetAt === 'headers' && chunk === 0))
    return { end: 'reset', fault: 'reset' };
  if (options.truncateAt === chunk) return { end: 'truncate', fault: 'truncate' };
  return options.cutAt === chunk ? { end: 'end', fault: 'cut' } : null;
}

function* errorEnd(plan: AnswerPlan, due: number, sent: number): Generator<Step> {
  const { api, key } = plan.request;
  const detail = { message: PLANNED_FAULT, key: shownKey(key, plan.options) };
  yield { due, kind: 'error', tokens: 0, ...api.failure(plan, detail, sent) };
  if (plan.options.errorDone) yield { due, kind: 'done', tokens: 0, data: '[DONE]' };
  yield { due, end: 'end', fault: 'error' };
}

function breakOff(event: StreamEvent): StreamEvent {
  return { ...event, kind: 'malformed', data: event.data.slice(0, event.data.length >> 1) };
}

function* doneEvents(plan: AnswerPlan, done: StreamEvent): Generator<StreamEvent> {
  const { options, request } = plan;
  if (!options.noDone) yield done;
  if (options.doneTwice) yield done;
  if (options.dataAfterDone) yield { ...done, kind: 'other', ...request.api.late(plan) };
}

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
