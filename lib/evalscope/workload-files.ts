import { divide } from '../shared/divide.ts';
import { listRequests, numberAt, type RunData } from '../stats/run-data.ts';
import { roundPython } from './python-number.ts';

/** What `workload_timeline.json` of evalscope 1.14 holds: a point for each completed request, at its end, in that order. */
export interface WorkloadTimeline {
  /** Seconds since 1970. */
  readonly wall_start: number;
  /** Of more than 20,000 requests every n-th, and the last. */
  readonly points: readonly WorkloadPoint[];
}

interface WorkloadPoint {
  /** Seconds since the start. */
  readonly t: number;
  readonly cum_completion: number;
  readonly cum_new_prompt: number;
  readonly cum_cached_prompt: number;
}

/** `workload_throughput.json`: tokens per second over all, the last 30 s, and what comes after the first fifth of the time. */
export interface WorkloadThroughput {
  readonly n_samples: number;
  readonly wall_time_s: number;
  readonly last_window_s: number;
  readonly warmup_frac: number;
  readonly rows: readonly {
    readonly metric: string;
    readonly overall: number;
    readonly last_window: number;
    readonly steady_state: number;
  }[];
}

const MOST_POINTS = 20_000;
const LAST_WINDOW_S = 30;
const WARMUP_SHARE = 0.2;

/** @param startedAtMs of the first request, since 1970 */
export function buildWorkloadTimeline(run: RunData, startedAtMs: number): WorkloadTimeline {
  const [ends, input, output, cached] = [
    run.column('end_ms'),
    run.column('input_tokens'),
    run.column('output_tokens'),
    run.column('cached_tokens'),
  ];
  let [completion, fresh, held] = [0, 0, 0];
  const completed = listRequests(run, ({ outcome }) => outcome === 'completed');
  const points: WorkloadPoint[] = [];
  const every = Math.ceil(completed.length / MOST_POINTS);
  completed
    .sort((a, b) => (ends[a] as number) - (ends[b] as number))
    .forEach((request, index) => {
      const ofCache = numberAt(cached, request) ?? 0;
      completion += numberAt(output, request) ?? 0;
      fresh += Math.max(0, (numberAt(input, request) ?? 0) - ofCache);
      held += ofCache;
      const t = ((ends[request] as number) - (run.firstStart ?? 0)) / 1000;
      const isLast = index === completed.length - 1;
      if (index % every !== 0 && !isLast) return;
      points.push({ t: roundPython(t, 6), cum_completion: completion, cum_new_prompt: fresh, cum_cached_prompt: held });
    });
  return { wall_start: startedAtMs / 1000, points };
}

/**
 * Rates of a timeline, each from one of its own points to its last, by the rules of evalscope 1.14
 * (`perf/utils/workload_timeline.py`): the last 30 s begin at the latest point that is older, and the steady state at the
 * latest of the first fifth, either at the first point where none is so early. The overall rates take the place of a window
 * that would be the whole run, or hold nothing.
 *
 * @param samples answers, of which a long timeline has not all
 */
export function buildWorkloadThroughput({ points }: WorkloadTimeline, samples: number): WorkloadThroughput {
  const last = points.at(-1) ?? BEGINNING;
  const wall = last.t;
  const windowed = wall <= LAST_WINDOW_S ? BEGINNING : findAnchor(points, wall - LAST_WINDOW_S);
  const afterFifth = findAnchor(points, wall * WARMUP_SHARE);
  const steady = afterFifth === last ? BEGINNING : afterFifth;
  return {
    n_samples: samples,
    wall_time_s: roundPython(wall, 4),
    last_window_s: LAST_WINDOW_S,
    warmup_frac: WARMUP_SHARE,
    rows: COUNTS.map(([metric, read]) => {
      const rateSince = (from: WorkloadPoint): number => divide(read(last) - read(from), last.t - from.t) ?? 0;
      return {
        metric,
        overall: rateSince(BEGINNING),
        last_window: rateSince(windowed),
        steady_state: rateSince(steady),
      };
    }),
  };
}

const BEGINNING: WorkloadPoint = { t: 0, cum_completion: 0, cum_new_prompt: 0, cum_cached_prompt: 0 };

const COUNTS = [
  ['Total Prompt tok/s', (point: WorkloadPoint) => point.cum_new_prompt + point.cum_cached_prompt],
  ['New Prompt tok/s', (point: WorkloadPoint) => point.cum_new_prompt],
  ['Cached Prompt tok/s', (point: WorkloadPoint) => point.cum_cached_prompt],
  ['Completion tok/s', (point: WorkloadPoint) => point.cum_completion],
] as const;

function findAnchor(points: readonly WorkloadPoint[], wanted: number): WorkloadPoint {
  return points.findLast(({ t }) => t <= wanted) ?? points[0] ?? BEGINNING;
}
