import type { Options } from 'k6/options';
import { findApi } from '../api/apis.ts';
import type { K6Thresholds } from '../conditions/check-thresholds.ts';
import { toEngineThresholds } from '../conditions/measured-guard.ts';
import { stopThresholds } from '../conditions/stop-rules.ts';
import type { RunConfig } from '../config/parameters.ts';
import { REQUEST_COUNTERS } from '../metrics/request-counters.ts';
import { PROBE_SCENARIO, SERVER_SCENARIO } from '../shared/beside-scenarios.ts';
import { exactTrendStats } from '../stats/exact-trend-stats.ts';
import { longestConnectionTestS } from './connection-test.ts';
import { countVus, type LoadPlan } from './plan-load.ts';

/**
 * k6's usual ones but `url`, which may hold a key, `error`, which may quote a head in which the server shows it, and
 * `ip`-like extras; requests are distinguished by `name`. The record has the error, its secrets masked.
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

/**
 * k6's options. A closed loop: `parallel` VUs, each sending its next request when the last one has ended.
 *
 * With a number of requests they share it (`shared-iterations`), never with more VUs than requests, and `maxDuration` is
 * long enough for every request to use its whole timeout. With a duration alone, `constant-vus`. Requests under way at
 * the end of a duration are waited for.
 *
 * An open loop shares its starts out over a pool of VUs, each of which takes the next one and waits for its time: as many
 * VUs as its cap, or as the busiest half minute has starts. It has no end in time: what was due is sent.
 *
 * Warm-up requests are the first iterations of the same scenario, so the concurrency does not drop between them and the
 * measured ones; a duration counts them in.
 *
 * @param longestMs the longest that an iteration may take
 * @param readsServer whether a VU beside the load reads the servers' metrics
 */
export function buildOptions(
  config: RunConfig,
  plan: LoadPlan,
  thresholds: K6Thresholds,
  longestMs = (config.totalTimeoutS + 1) * 1000,
  readsServer = false,
): Options {
  const { expectedRequests: number, iterations, starts } = plan;
  const vus = countVus(config, plan);
  const gracefulStop = `${config.totalTimeoutS}s`;
  const duration = config.durationS === null || starts !== null ? null : `${config.durationS}s`;
  const waitS =
    (starts?.at(-1) ?? 0) / 1000 + config.rampUpS + Math.max(0, ((config.startAt ?? 0) - Date.now()) / 1000);
  // The scenario's tags, not the run's: `--tag` on k6's command line, and k6-operator with it, replaces those.
  const tags = { model: config.model, api: findApi(config).name, dataset: config.dataset };
  const { stages } = config;
  const scenario =
    stages !== null
      ? {
          executor: 'ramping-vus' as const,
          startVUs: stages[0]?.target ?? 0,
          stages: stages.map(({ target, durationS }) => ({ target, duration: `${durationS}s` })),
          gracefulRampDown: gracefulStop,
          gracefulStop,
          tags,
        }
      : iterations === null
        ? { executor: 'constant-vus' as const, vus, duration: duration ?? '1s', gracefulStop, tags }
        : {
            executor: 'shared-iterations' as const,
            vus,
            iterations,
            maxDuration: duration ?? longestRun(iterations, vus, longestMs / 1000, waitS),
            gracefulStop,
            tags,
          };
  // One VU, which execution segments leave on one instance; it ends by itself when the load is over.
  const { maxDuration = `${LONGEST_RUN_H}h` } = scenario as { readonly maxDuration?: string };
  const one = { executor: 'shared-iterations' as const, vus: 1, iterations: 1, maxDuration, gracefulStop, tags };
  const probe = config.probeRate === null ? {} : { [PROBE_SCENARIO]: one };
  // Nobody waits for a look at the server.
  const server = readsServer ? { [SERVER_SCENARIO]: { ...one, gracefulStop: '0s' } } : {};
  return {
    scenarios: { [config.dataset]: scenario, ...probe, ...server },
    thresholds: { ...withTableMetrics(thresholds), ...stopThresholds(config) },
    summaryTrendStats: exactTrendStats(duration === null ? number : null, config.percentileRule),
    ...(config.insecure ? { insecureSkipTLSVerify: true } : {}),
    setupTimeout: `${Math.ceil(longestConnectionTestS(config)) + 10}s`,
    systemTags: config.records === 'off' ? TAGS_WITHOUT_RECORDS : SYSTEM_TAGS,
  };
}

function longestRun(iterations: number, vus: number, longestS: number, waitS: number): string {
  const hours = Math.ceil((Math.ceil(iterations / vus) * longestS + waitS) / 3600);
  return `${Math.min(hours, LONGEST_RUN_H)}h`;
}

/** An empty list gates nothing, but makes k6 keep a tagged metric apart, so that handleSummary sees it. */
export function withTableMetrics(thresholds: K6Thresholds): K6Thresholds {
  const all: K6Thresholds = {};
  for (const { name, tag } of REQUEST_COUNTERS) {
    for (const value of tag?.values ?? []) all[`${name}{${tag?.name}:${value}}`] = [];
  }
  for (const [metric, list] of Object.entries(toEngineThresholds(thresholds))) all[metric] = [...list];
  return all;
}
