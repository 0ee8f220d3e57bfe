import { listRequests, numberAt, type RunData } from '../stats/run-data.ts';

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
      points.push({ t, cum_completion: completion, cum_new_prompt: fresh, cum_cached_prompt: held });
    });
  return { wall_start: startedAtMs / 1000, points };
}

/** Rates of a timeline, as its own points have them. */
export function buildWorkloadThroughput({ points }: WorkloadTimeline, samples: number): WorkloadThroughput {
  const wall = points.at(-1)?.t ?? 0;
  const columns = [
    ['Total prompt tok/s', (point: WorkloadPoint) => point.cum_new_prompt + point.cum_cached_prompt],
    ['New prompt tok/s', (point: WorkloadPoint) => point.cum_new_prompt],
    ['Cached prompt tok/s', (point: WorkloadPoint) => point.cum_cached_prompt],
    ['Completion tok/s', (point: WorkloadPoint) => point.cum_completion],
  ] as const;
  const rate = (read: (point: WorkloadPoint) => number, from: number): number => {
    const last = points.at(-1);
    if (last === undefined || wall <= from) return 0;
    const before = points.findLast(({ t }) => t <= from);
    return (read(last) - (before === undefined ? 0 : read(before))) / (wall - from);
  };
  return {
    n_samples: samples,
    wall_time_s: wall,
    last_window_s: LAST_WINDOW_S,
    warmup_frac: WARMUP_SHARE,
    rows: columns.map(([metric, read]) => ({
      metric,
      overall: rate(read, 0),
      last_window: rate(read, Math.max(0, wall - LAST_WINDOW_S)),
      steady_state: rate(read, wall * WARMUP_SHARE),
    })),
  };
}
