import type { Options } from 'k6/options';
import type { K6Thresholds } from '../conditions/check-thresholds.ts';
import { loadThresholds } from '../conditions/load-thresholds.ts';
import { withTableMetrics } from '../scenario/build-options.ts';
import { ConfigError } from '../shared/errors.ts';
import { ownValue } from '../shared/own-value.ts';
import { missingTrendStats } from '../stats/exact-trend-stats.ts';

/** What `llmOptions` adds beside what the tables need. */
export interface OptionsToAdd {
  /** By k6's names of metrics, in k6's syntax, or the name of a profile: interactive-chat, batch, smoke. */
  readonly thresholds?: string | K6Thresholds;
}

/** k6's own statistics where a script names none. */
const USUAL_STATS = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];

/**
 * A script's options and what is added to them. For a metric of which the script has thresholds its own come first, and ours are added; no
 * other option is touched.
 *
 * @throws {ConfigError} for thresholds that k6 would not take, or a profile that does not exist
 */
export function addOptions(options: Options, { thresholds: added = {} }: OptionsToAdd): Options {
  const stats = options.summaryTrendStats ?? USUAL_STATS;
  const { thresholds, problems } = loadThresholds(
    typeof added === 'string' ? added : 'llmOptions',
    { readText: (path) => readAdded(added, path) },
    'env',
  );
  if (problems.length > 0) throw new ConfigError(problems);
  const all: Record<string, unknown[]> = {};
  const own = (options.thresholds ?? {}) as Readonly<Record<string, unknown>>;
  for (const [metric, list] of [...Object.entries(withTableMetrics(thresholds)), ...Object.entries(own)]) {
    all[metric] = [...new Set([...[list].flat(), ...(ownValue(all, metric) ?? [])])];
  }
  return {
    ...options,
    summaryTrendStats: [...stats, ...missingTrendStats(stats)],
    thresholds: all as NonNullable<Options['thresholds']>,
  };
}

/** @throws for a name that is not a profile's */
function readAdded(added: NonNullable<OptionsToAdd['thresholds']>, path: string): string {
  if (typeof added === 'string') throw new Error(path);
  return JSON.stringify(added);
}
