import type { Options } from 'k6/options';
import { findApi } from '../api/apis.ts';
import type { K6Thresholds } from '../conditions/check-thresholds.ts';
import { toEngineThresholds } from '../conditions/measured-guard.ts';
import type { RunConfig } from '../config/parameters.ts';
import { REQUEST_COUNTERS } from '../metrics/request-counters.ts';
import { exactTrendStats } from '../stats/exact-trend-stats.ts';
import { longestConnectionTestS } from './connection-test.ts';

/**
 * k6's usual ones but `url`, which may hold a key, `error`, which may quote a head in which the server shows it, and
 * `ip`-like extras; requests are told apart by `name`. The record has the error, its secrets masked.
 */
const SYSTEM_TAGS = [
  'proto',
  'status',
  'method',
  'name',
  'group',
  'check',
  'error_code',
  'scenario',
  'expected_response',
  'tls_version',
];

/** k6 Cloud, for which the records are left out, insists on it. */
const TAGS_WITHOUT_RECORDS = [...SYSTEM_TAGS, 'error'];

/** A run that cannot be cut short is bounded all the same, since k6 wants a bound: about 114 years. */
const LONGEST_RUN_H = 1_000_000;

/** How many requests the run sends; null when only time bounds it. */
export function plannedRequests(config: RunConfig, promptCount: number): number | null {
  if (config.number !== null) return config.number;
  if (config.durationS !== null) return null;
  return config.prompt === null ? promptCount : 1;
}

/**
 * How many requests warm the service up before the measured ones: `warmupNum` itself, or, as evalscope reads a share,
 * that share of the requests, rounded down, at least one.
 */
export function warmupRequests({ warmupNum }: RunConfig, planned: number | null): number {
  if (warmupNum === 0 || warmupNum >= 1) return warmupNum;
  return Math.max(1, Math.floor(warmupNum * (planned ?? 0)));
}

/**
 * k6's options for a closed loop: `parallel` VUs, each sending its next request when the last one has ended.
 *
 * With a number of requests they share it (`shared-iterations`), never with more VUs than requests, and `maxDuration` is
 * long enough for every request to use its whole timeout. With a duration alone, `constant-vus`. Requests under way at
 * the end of a duration are waited for.
 *
 * Warm-up requests are the first iterations of the same scenario, so the concurrency does not drop between them and the
 * measured ones; a duration counts them in.
 */
export function buildOptions(config: RunConfig, promptCount: number, thresholds: K6Thresholds): Options {
  const number = plannedRequests(config, promptCount);
  const iterations = number === null ? null : number + warmupRequests(config, number);
  const vus = iterations === null ? config.parallel : Math.min(config.parallel, iterations);
  const gracefulStop = `${config.totalTimeoutS}s`;
  const duration = config.durationS === null ? null : `${config.durationS}s`;
  // The scenario's tags, not the run's: `--tag` on k6's command line, and k6-operator with it, replaces those.
  const tags = { model: config.model, api: findApi(config).name, dataset: config.dataset };
  const scenario =
    iterations === null
      ? { executor: 'constant-vus' as const, vus, duration: duration ?? '1s', gracefulStop, tags }
      : {
          executor: 'shared-iterations' as const,
          vus,
          iterations,
          maxDuration: duration ?? longestRun(iterations, vus, config.totalTimeoutS),
          gracefulStop,
          tags,
        };
  return {
    scenarios: { [config.dataset]: scenario },
    thresholds: withTableMetrics(thresholds),
    summaryTrendStats: exactTrendStats(config.durationS === null ? number : null, config.percentileRule),
    ...(config.insecure ? { insecureSkipTLSVerify: true } : {}),
    setupTimeout: `${Math.ceil(longestConnectionTestS(config)) + 10}s`,
    systemTags: config.records === 'off' ? TAGS_WITHOUT_RECORDS : SYSTEM_TAGS,
  };
}

function longestRun(iterations: number, vus: number, totalTimeoutS: number): string {
  const hours = Math.ceil((Math.ceil(iterations / vus) * (totalTimeoutS + 1)) / 3600);
  return `${Math.min(hours, LONGEST_RUN_H)}h`;
}

/** An empty list gates nothing, but makes k6 keep a tagged metric apart, so that handleSummary sees it. */
function withTableMetrics(thresholds: K6Thresholds): K6Thresholds {
  const all: K6Thresholds = {};
  for (const { name, tag } of REQUEST_COUNTERS) {
    for (const value of tag?.values ?? []) all[`${name}{${tag?.name}:${value}}`] = [];
  }
  for (const [metric, list] of Object.entries(toEngineThresholds(thresholds))) all[metric] = [...list];
  return all;
}
