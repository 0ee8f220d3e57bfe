import type { RequestRecord } from '../../../measure/request-record.ts';
import { roundToSeconds } from '../../../shared/units.ts';
import type { TimeSeries } from '../report-data.ts';
import { niceStep, rounded } from './nice-step.ts';

/** Bins to either side of time 0; the clocks of several machines may put a start before it. */
const HALF = 2048;
/** Windows that a picture shows. */
const MOST_WINDOWS = 120;
/** A last window shorter than this is joined to the one before, since rates over a moment say nothing. */
const SHORT_WINDOW = 0.5;

type Column = 'completed' | 'failed' | 'tokens' | 'dues' | 'dueTimes' | 'starts' | 'startTimes' | 'ends' | 'endTimes';

/** Events by time, in bins that become coarser as the run becomes longer, so memory stays the same. */
export interface TimeBins {
  /**
   * @param due when it was to start; where nobody planned it, when it did
   * @param outcome a cancelled one neither completed nor failed, and was under way all the same
   */
  addRequest(due: number, start: number, end: number, outcome: RequestRecord['outcome'], lag: number | null): void;
  /** Tokens in equal parts, at a first time and after each gap from there. */
  addStream(first: number, gaps: Float64Array, tokens: number): void;
  build(): TimeSeries;
}

function emptyColumns(): Record<Column, Float64Array> {
  const column = (): Float64Array => new Float64Array(2 * HALF);
  return {
    completed: column(),
    failed: column(),
    tokens: column(),
    dues: column(),
    dueTimes: column(),
    starts: column(),
    startTimes: column(),
    ends: column(),
    endTimes: column(),
  };
}

/**
 * All times in milliseconds on the run's clock.
 *
 * Bins are 1 ms wide at first, then 5, 10, 50 and so on. Requests under way follow from starts and ends alone: the time
 * spent in them up to T is the sum of `T - start` less the sum of `T - end`, which needs a count and a sum of times a bin.
 */
export function createTimeBins(): TimeBins {
  let width = 1;
  let factor = 5;
  let columns = emptyColumns();
  let lags = new Float64Array(2 * HALF).fill(-1);
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;

  function fold(): void {
    const target = (bin: number): number => Math.floor((bin - HALF) / factor) + HALF;
    const next = emptyColumns();
    const nextLags = new Float64Array(2 * HALF).fill(-1);
    for (const name of Object.keys(next) as Column[]) {
      const [from, to] = [columns[name], next[name]];
      for (let bin = 0; bin < from.length; bin++) to[target(bin)] = (to[target(bin)] as number) + (from[bin] as number);
    }
    for (let bin = 0; bin < lags.length; bin++) {
      nextLags[target(bin)] = Math.max(nextLags[target(bin)] as number, lags[bin] as number);
    }
    columns = next;
    lags = nextLags;
    width *= factor;
    factor = factor === 5 ? 2 : 5;
  }

  function binOf(time: number): number {
    for (;;) {
      const bin = Math.floor(time / width) + HALF;
      if (bin >= 0 && bin < 2 * HALF) return bin;
      fold();
    }
  }

  function add(name: Column, bin: number, amount: number): void {
    columns[name][bin] = (columns[name][bin] as number) + amount;
  }

  /** Request-milliseconds spent between two moments of requests, from the beginning up to the start of each bin. */
  function timeSpent(from: 'dues' | 'starts', to: 'starts' | 'ends'): Float64Array {
    const [fromTimes, toTimes] = [
      from === 'dues' ? 'dueTimes' : 'startTimes',
      to === 'starts' ? 'startTimes' : 'endTimes',
    ] as const;
    const spent = new Float64Array(2 * HALF + 1);
    let [under, times] = [0, 0];
    for (let bin = 0; bin < 2 * HALF; bin++) {
      under += (columns[from][bin] as number) - (columns[to][bin] as number);
      times += (columns[fromTimes][bin] as number) - (columns[toTimes][bin] as number);
      spent[bin + 1] = (bin + 1 - HALF) * width * under - times;
    }
    return spent;
  }

  return {
    addRequest(due, start, end, outcome, lag) {
      first = Math.min(first, start);
      last = Math.max(last, end);
      // Twice, since the end may make the bins coarser after the start has found its own.
      binOf(due);
      binOf(start);
      const endBin = binOf(end);
      const startBin = binOf(start);
      const dueBin = binOf(due);
      add('dues', dueBin, 1);
      add('dueTimes', dueBin, due);
      add('starts', startBin, 1);
      add('startTimes', startBin, start);
      add('ends', endBin, 1);
      add('endTimes', endBin, end);
      if (outcome !== 'cancelled') add(outcome, endBin, 1);
      if (lag !== null) lags[startBin] = Math.max(lags[startBin] as number, lag);
    },
    addStream(first, gaps, tokens) {
      const part = tokens / (gaps.length + 1);
      let time = first;
      add('tokens', binOf(time), part);
      for (let i = 0; i < gaps.length; i++) {
        time += gaps[i] as number;
        add('tokens', binOf(time), part);
      }
    },
    build: () =>
      buildSeries({
        ...{ width, first, last, columns, lags },
        spent: timeSpent('starts', 'ends'),
        waited: timeSpent('dues', 'starts'),
      }),
  };
}

interface Filled {
  readonly width: number;
  readonly first: number;
  readonly last: number;
  readonly columns: Readonly<Record<Column, Float64Array>>;
  readonly lags: Float64Array;
  readonly spent: Float64Array;
  readonly waited: Float64Array;
}

function buildSeries({ width, first, last, columns, lags, spent, waited }: Filled): TimeSeries {
  const series = {
    from_s: [] as number[],
    to_s: [] as number[],
    completed_per_s: [] as number[],
    failed_per_s: [] as number[],
    output_tokens_per_s: [] as number[],
    arrivals_per_s: [] as number[],
    in_flight: [] as number[],
    waiting: [] as number[],
    lag_max_ms: [] as (number | null)[],
  };
  if (!(last > first)) return series;
  for (const { lowBin, highBin, from, to } of chooseWindows(width, first, last)) {
    const seconds = (to - from) / 1000;
    const total = (name: Column): number => {
      let sum = 0;
      for (let bin = lowBin; bin < highBin; bin++) sum += columns[name][bin] as number;
      return sum;
    };
    let lag = -1;
    for (let bin = lowBin; bin < highBin; bin++) lag = Math.max(lag, lags[bin] as number);
    series.from_s.push(roundToSeconds(from));
    series.to_s.push(roundToSeconds(to));
    series.completed_per_s.push(rounded(total('completed') / seconds));
    series.failed_per_s.push(rounded(total('failed') / seconds));
    series.output_tokens_per_s.push(rounded(total('tokens') / seconds));
    const meanOf = (time: Float64Array): number =>
      rounded(Math.max(0, ((time[highBin] as number) - (time[lowBin] as number)) / (to - from)));
    series.arrivals_per_s.push(rounded(total('dues') / seconds));
    series.in_flight.push(meanOf(spent));
    series.waiting.push(meanOf(waited));
    series.lag_max_ms.push(lag < 0 ? null : rounded(lag));
  }
  return series;
}

interface Window {
  readonly lowBin: number;
  readonly highBin: number;
  readonly from: number;
  readonly to: number;
}

/** Windows of a round length over the run; the first and the last one end where the run does. */
function chooseWindows(width: number, first: number, last: number): readonly Window[] {
  const step = Math.max(width, niceStep((last - first) / MOST_WINDOWS));
  const perWindow = Math.round(step / width);
  const clamp = (bin: number): number => Math.min(2 * HALF, Math.max(0, bin));
  const windows: Window[] = [];
  for (let window = Math.floor(first / step); window * step < last; window++) {
    const end = (window + 1) * step;
    // What ends at the very end of the run may lie in the bin after it.
    const highBin = clamp((window + 1) * perWindow + HALF + (end >= last ? 1 : 0));
    const lowBin = clamp(window * perWindow + HALF);
    windows.push({ lowBin, highBin, from: Math.max(first, window * step), to: Math.min(last, end) });
  }
  return joinShort(windows, SHORT_WINDOW * step);
}

/** Joins a short window at either end to its neighbour. */
function joinShort(windows: Window[], least: number): readonly Window[] {
  const isShort = (window: Window | undefined): boolean => window !== undefined && window.to - window.from < least;
  if (windows.length > 1 && isShort(windows.at(-1))) {
    const [before, end] = windows.splice(-2) as [Window, Window];
    windows.push({ ...end, lowBin: before.lowBin, from: before.from });
  }
  if (windows.length > 1 && isShort(windows[0])) {
    const [start, after] = windows.splice(0, 2) as [Window, Window];
    windows.unshift({ ...after, lowBin: start.lowBin, from: start.from });
  }
  return windows;
}
