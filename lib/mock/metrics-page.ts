import type { Milliseconds } from '../shared/units.ts';
import { now } from './clock.ts';
import type { Timing } from './timings-log.ts';

/** Whose names the page has. */
export const METRICS_STYLES = ['off', 'vllm', 'sglang'] as const;
type MetricsStyle = (typeof METRICS_STYLES)[number];

/** What the mock counts for its page of metrics: every number is what it really did. */
export interface MockMetrics {
  /** A request is worked on from now on, after its time in the queue. */
  begin(timing: Timing, cachedTokens: number): void;
  /** A request is over, in whatever way. */
  end(timing: Timing): void;
  page(style: Exclude<MetricsStyle, 'off'>, model: string, waiting: number): string;
}

/** Upper edges in seconds; fine enough that a percentile says something. */
const EDGES = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 20, 40] as const;
/** Tokens that the pretended KV cache holds. */
const CACHE_TOKENS = 100_000;

interface Histogram {
  readonly counts: number[];
  sum: number;
}

type Distribution = 'ttft' | 'itl' | 'queue' | 'latency';

export function createMockMetrics(): MockMetrics {
  /** With their cached tokens. */
  const running = new Map<Timing, number>();
  const histogram = (): Histogram => ({ counts: new Array(EDGES.length + 1).fill(0), sum: 0 });
  const histograms: Record<Distribution, Histogram> = {
    ttft: histogram(),
    itl: histogram(),
    queue: histogram(),
    latency: histogram(),
  };
  let [requests, promptTokens, cachedTokens, generated] = [0, 0, 0, 0];

  const observe = (name: Distribution, ms: Milliseconds): void => {
    const place = EDGES.findIndex((edge) => ms / 1000 <= edge);
    const bucket = place === -1 ? EDGES.length : place;
    const { counts } = histograms[name];
    counts[bucket] = (counts[bucket] as number) + 1;
    histograms[name].sum += ms / 1000;
  };

  return {
    begin(timing, cached) {
      running.set(timing, cached);
      observe('queue', timing.begin_ms - timing.arrival_ms);
    },
    end(timing) {
      const cached = running.get(timing);
      running.delete(timing);
      if (cached === undefined || timing.status !== 200) return;
      promptTokens += timing.prompt_tokens ?? 0;
      cachedTokens += cached;
      generated += timing.completion_tokens;
      const { atMs, tokens } = timing.chunks;
      const times = atMs.filter((_, index) => (tokens[index] as number) > 0);
      times.forEach((at, index) => {
        if (index === 0) observe('ttft', at - timing.arrival_ms);
        else observe('itl', at - (times[index - 1] as number));
      });
      if (timing.aborted || timing.fault !== null) return;
      requests++;
      observe('latency', (timing.end_ms ?? now()) - timing.arrival_ms);
    },
    page(style, model, waiting) {
      const held = [...running.keys()].reduce((sum, t) => sum + (t.prompt_tokens ?? 0) + t.completion_tokens, 0);
      const label = `model_name="${model.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
      const value = (type: string, name: string, number: number): string =>
        `# HELP ${name} Of the mock.\n# TYPE ${name} ${type}\n${name}{${label}} ${number}\n`;
      const levels = [running.size, waiting, held / CACHE_TOKENS];
      const counts = [requests, promptTokens, generated, promptTokens, cachedTokens];
      const names = NAMES[style];
      return [
        ...names.levels.map((name, index) => value('gauge', name, levels[index] as number)),
        ...names.counts.flatMap((name, index) =>
          name === null ? [] : [value('counter', name, counts[index] as number)],
        ),
        ...(Object.entries(names.distributions) as [Distribution, string][]).map(([of, name]) =>
          formatHistogram(name, label, histograms[of]),
        ),
      ].join('');
    },
  };
}

interface PageNames {
  /** Running, waiting, cache. */
  readonly levels: readonly string[];
  /** Requests, prompt tokens, generated tokens, tokens looked up in the prefix cache, tokens found there. */
  readonly counts: readonly (string | null)[];
  readonly distributions: Readonly<Record<Distribution, string>>;
}

const NAMES: Readonly<Record<Exclude<MetricsStyle, 'off'>, PageNames>> = {
  vllm: {
    levels: ['vllm:num_requests_running', 'vllm:num_requests_waiting', 'vllm:kv_cache_usage_perc'],
    counts: [
      'vllm:request_success_total',
      'vllm:prompt_tokens_total',
      'vllm:generation_tokens_total',
      'vllm:prefix_cache_queries_total',
      'vllm:prefix_cache_hits_total',
    ],
    distributions: {
      ttft: 'vllm:time_to_first_token_seconds',
      itl: 'vllm:inter_token_latency_seconds',
      queue: 'vllm:request_queue_time_seconds',
      latency: 'vllm:e2e_request_latency_seconds',
    },
  },
  sglang: {
    levels: ['sglang:num_running_reqs', 'sglang:num_queue_reqs', 'sglang:token_usage'],
    counts: [
      'sglang:num_requests_total',
      'sglang:prompt_tokens_total',
      'sglang:generation_tokens_total',
      null,
      'sglang:cached_tokens_total',
    ],
    distributions: {
      ttft: 'sglang:time_to_first_token_seconds',
      itl: 'sglang:inter_token_latency_seconds',
      queue: 'sglang:queue_time_seconds',
      latency: 'sglang:e2e_request_latency_seconds',
    },
  },
};

function formatHistogram(name: string, label: string, { counts, sum }: Histogram): string {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    return `${name}_bucket{le="${EDGES[index] ?? '+Inf'}",${label}} ${total}`;
  });
  const head = [`# HELP ${name} Of the mock.`, `# TYPE ${name} histogram`];
  return `${[...head, ...buckets, `${name}_sum{${label}} ${sum}`, `${name}_count{${label}} ${total}`].join('\n')}\n`;
}
