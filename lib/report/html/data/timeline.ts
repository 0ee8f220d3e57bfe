import { findFirst } from '../../../shared/find-first.ts';
import type { RequestLabel } from '../../../stats/request-label.ts';
import type { RunData } from '../../../stats/run-data.ts';
import { countMostUnderWay } from '../../../stats/under-way.ts';
import type { Timeline, TimelineWindow } from '../report-data.ts';
import { rounded } from './nice-step.ts';

/** Bars of all windows together: more would be thinner than a pixel, and each is an element of the page. */
const MOST_BARS = 2000;
/** Bars of a window when that many requests are under way at once: all those in its lowest rows. */
const MOST_ROWS = 3000;
const MOST_WINDOWS = 4;

/** Outcomes that are not a kind of failure. */
const NO_FAILURES = ['completed', 'warm-up', 'cancelled'];

/** The requests of a run, those that warmed the service up among them. */
export function describeTimeline(run: RunData): Timeline {
  const outcomes = [...NO_FAILURES];
  const codeOf = (name: string): number => (outcomes.includes(name) ? outcomes.indexOf(name) : outcomes.push(name) - 1);
  const parts = run.warmups === null ? [run] : [run.warmups, run];
  const codes = parts.map((part) => part.labels.map((label) => codeOf(nameOutcome(label, part === run.warmups))));
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const read = (valueAt: (part: RunData, request: number, code: number) => number): Float64Array => {
    const values = new Float64Array(total);
    let filled = 0;
    for (const [i, part] of parts.entries()) {
      for (let request = 0; request < part.count; request++) {
        values[filled++] = valueAt(part, request, codes[i]?.[part.labelOf[request] as number] ?? 0);
      }
    }
    return values;
  };
  const column = (name: 'index' | 'start_ms' | 'end_ms' | 'output_tokens'): Float64Array =>
    read((part, request) => part.column(name)[request] as number);
  const values = {
    index: column('index'),
    start: column('start_ms'),
    end: column('end_ms'),
    first: read(readFirst),
    tokens: column('output_tokens'),
    outcome: read((_, __, code) => code),
  };
  const windows = chooseWindows(values, (code) => code >= NO_FAILURES.length);
  return {
    total: values.start.length,
    from_ms: rounded(values.start.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY)),
    to_ms: rounded(values.end.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY)),
    windows: windows.map((window) => layOut(window, values, outcomes)),
  };
}

/** The first token of a request since its start; NaN for none. */
function readFirst(part: RunData, request: number): number {
  const output = part.column('first_output_ms')[request] as number;
  const { stream } = part.labels[part.labelOf[request] as number] as RequestLabel;
  return Number.isNaN(output) && stream ? (part.column('ttft')[request] as number) : output;
}

function nameOutcome({ failure, outcome }: RequestLabel, isWarmup: boolean): string {
  if (failure !== null) return failure.kind;
  if (isWarmup) return 'warm-up';
  return outcome === 'cancelled' ? 'cancelled' : 'completed';
}

type Columns = Readonly<Record<'index' | 'start' | 'end' | 'first' | 'tokens' | 'outcome', Float64Array>>;

interface Span {
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The whole run where its requests are few; else spans of it in which few enough are under way, so that all can be drawn:
 * from its start, around the slowest request and the first failure, to its end, and in its middle, as many as there is room
 * for. Overlapping ones are left out.
 */
function chooseWindows({ start, end, outcome }: Columns, isFailure: (outcome: number) => boolean): Span[] {
  const count = start.length;
  if (count === 0) return [];
  const [starts, ends] = [start.slice().sort(), end.slice().sort()];
  const [first, last] = [starts[0] as number, ends[count - 1] as number];
  if (count <= MOST_BARS) return [{ title: 'Every request', from: rounded(first), to: rounded(last) }];
  const busiest = countMostUnderWay(starts, ends);
  const number = Math.max(1, Math.min(MOST_WINDOWS, Math.floor(MOST_BARS / (2 * busiest))));
  const countBelow = (times: Float64Array, limit: number): number =>
    findFirst(0, count, (at) => (times[at] as number) >= limit);
  const holds = (from: number, to: number): number => countBelow(starts, to) - countBelow(ends, from);
  /** The longest span of its kind that holds no more requests than its share. */
  const widen = (title: string, spanOf: (length: number) => readonly [number, number]): Span => {
    let [short, long] = [0, last - first];
    for (let step = 0; step < 40; step++) {
      const middle = (short + long) / 2;
      if (holds(...spanOf(middle)) <= MOST_BARS / number) short = middle;
      else long = middle;
    }
    const [from, to] = spanOf(short);
    return { title: `Every request ${title}`, from: rounded(Math.max(first, from)), to: rounded(Math.min(last, to)) };
  };
  const around = (position: number) => (length: number) => {
    const middle = ((start[position] as number) + (end[position] as number)) / 2;
    return [middle - length / 2, middle + length / 2] as const;
  };
  const durations = start.map((from, i) => (outcome[i] === 0 ? (end[i] as number) - from : -1));
  const failures = start.map((from, i) => (isFailure(outcome[i] as number) ? -from : -Infinity));
  const [slowest, failed] = [positionOfLargest(durations), positionOfLargest(failures)];
  const candidates = [
    widen('at the start', (length) => [first, first + length]),
    ...((durations[slowest] as number) < 0 ? [] : [widen('around the slowest one', around(slowest))]),
    ...(failures[failed] === -Infinity ? [] : [widen('around the first failure', around(failed))]),
    widen('at the end', (length) => [last - length, last]),
    widen('in the middle', (length) => [(first + last - length) / 2, (first + last + length) / 2]),
  ];
  const chosen: Span[] = [];
  for (const span of candidates) {
    if (chosen.every(({ from, to }) => span.from >= to || span.to <= from)) chosen.push(span);
  }
  return chosen.slice(0, number).sort((a, b) => a.from - b.from);
}

function positionOfLargest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** Every request that is under way within a span, in the order of their start. */
function layOut({ title, from, to }: Span, columns: Columns, outcomes: readonly string[]): TimelineWindow {
  const at = (column: ArrayLike<number>, position: number): number => column[position] as number;
  const { index, start, end, first, tokens, outcome } = columns;
  const isWithin = (position: number): boolean => at(start, position) <= to && at(end, position) >= from;
  const within: number[] = [];
  for (let position = 0; position < start.length; position++) if (isWithin(position)) within.push(position);
  within.sort((a, b) => at(start, a) - at(start, b) || at(index, a) - at(index, b));
  const lanes = assignLanes(within.map((position) => ({ start_ms: at(start, position), end_ms: at(end, position) })));
  const rows = lanes.reduce((most, lane) => Math.max(most, lane + 1), 0);
  const drawn = within.flatMap((position, i) => ((lanes[i] as number) < MOST_ROWS ? [position] : []));
  const orNone = (value: number): number | null => (Number.isNaN(value) ? null : rounded(value));
  return {
    title,
    from_ms: from,
    to_ms: to,
    rows,
    lane: lanes.filter((lane) => lane < MOST_ROWS),
    index: drawn.map((position) => at(index, position)),
    start_ms: drawn.map((position) => rounded(at(start, position))),
    first_ms: drawn.map((position) => orNone(at(start, position) + at(first, position))),
    end_ms: drawn.map((position) => rounded(at(end, position))),
    output_tokens: drawn.map((position) => orNone(at(tokens, position))),
    outcome: drawn.map((position) => outcomes[at(outcome, position)] as string),
  };
}

/**
 * The lowest row that is free at the start of each, so that the number of rows is the number of requests under way.
 *
 * @param spans in the order of their start
 */
export function assignLanes(spans: readonly { readonly start_ms: number; readonly end_ms: number }[]): number[] {
  const freeFrom: number[] = [];
  return spans.map(({ start_ms, end_ms }) => {
    const free = freeFrom.findIndex((time) => time <= start_ms);
    const lane = free < 0 ? freeFrom.length : free;
    freeFrom[lane] = end_ms;
    return lane;
  });
}
