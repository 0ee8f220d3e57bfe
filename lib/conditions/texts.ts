import { SELECTOR_TAGS } from './gate-names.ts';

/** What messages about conditions say is allowed, each in one place. */
export const TEXTS = {
  gate: 'statistic(metric), goodput(limits) or a number of the run, then < <= > >= == or != and a number',
  statistics: 'avg, min, max, med, pN or p(N) with N from 0 to 100',
  metricMissing: 'the metric in brackets after the statistic',
  adjusted: 'adjusted_ in front of p, med or max: one failed request makes an average infinite',
  limitsMissing: 'limits that a good request meets, in brackets',
  limit: 'limits such as ttft<500 between commas',
  tags: `tag:value between commas; tags: ${SELECTOR_TAGS.join(', ')}`,
  share: 'a share from 0 to 1, or a percentage',
  direction: '> for numbers that may not grow, < for those that may not fall',
  changedStatistic: 'mean, med or a percentile between 0 and 100 such as p99',
} as const;
