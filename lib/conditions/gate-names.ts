import type { MetricUnit } from '../metrics/metric.ts';

/** How the good requests are counted: as a share of those sent, per second, or by their output tokens per second. */
export const GOODPUT_MEASURES = {
  goodput: 'share',
  goodput_per_s: 'requests/s',
  goodput_tokens_per_s: 'tokens/s',
} as const satisfies Readonly<Record<string, MetricUnit>>;

export type GoodputMeasure = keyof typeof GOODPUT_MEASURES;

/** What a selector can pick records by. */
export const SELECTOR_TAGS = [
  'model',
  'url',
  'scenario',
  'status',
  'outcome',
  'kind',
  'stream',
  'finish_reason',
  'token_source',
  'turn',
  'stage',
] as const;

export type SelectorTag = (typeof SELECTOR_TAGS)[number];
