import { isObject, type JsonObject } from '../../shared/json.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { parsePercentile } from '../metrics/trend-stats.ts';
import { readThresholds, type ThresholdSetting } from '../thresholds/threshold-setting.ts';
import { completeScenario } from './complete-scenario.ts';
import {
  badConfiguration,
  badOption,
  readBoolean,
  readDuration,
  readInteger,
  readString,
  readStringMap,
  wrongType,
} from './fields.ts';
import { type RawScenario, readScenario, type Scenario } from './scenarios.ts';
import { deriveScenarios } from './shortcuts.ts';
import { readSystemTags, type SystemTag } from './system-tags.ts';

/** The script's `options`, checked, with k6's defaults. */
export interface ScriptOptions {
  readonly scenarios: readonly Scenario[];
  readonly thresholds: Readonly<Record<string, readonly ThresholdSetting[]>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly systemTags: ReadonlySet<SystemTag>;
  readonly summaryTrendStats: readonly string[];
  readonly summaryTimeUnit: string;
  readonly setupTimeout: Milliseconds;
  readonly teardownTimeout: Milliseconds;
  readonly handleSummaryTimeout: Milliseconds;
  readonly noSetup: boolean;
  readonly noTeardown: boolean;
  readonly minIterationDuration: Milliseconds;
  readonly userAgent: string;
  readonly throwErrors: boolean;
  readonly maxRedirects: number;
  readonly discardResponseBodies: boolean;
  readonly insecureSkipTlsVerify: boolean;
  readonly noConnectionReuse: boolean;
  readonly noVuConnectionReuse: boolean;
  /** The object as the script exported it, after JSON, with the derived scenarios: what `exec.test.options` shows. */
  readonly exported: JsonObject;
}

/** Options of k6 that change what a run does and that the engine does not have: refused, never ignored. */
const UNSUPPORTED = [
  'blacklistIPs',
  'blockHostnames',
  'dns',
  'executionSegment',
  'executionSegmentSequence',
  'hosts',
  'httpDebug',
  'localIPs',
  'paused',
  'rps',
  'tlsAuth',
  'tlsCipherSuites',
  'tlsVersion',
];

/** Options that only tell k6 how to report, store or batch, and change nothing here. */
const WITHOUT_EFFECT = [
  'batch',
  'batchPerHost',
  'cloud',
  'consoleOutput',
  'ext',
  'features',
  'metricSamplesBufferSize',
  'noCookiesReset',
];

const USED = [
  'discardResponseBodies',
  'duration',
  'handleSummaryTimeout',
  'insecureSkipTLSVerify',
  'iterations',
  'maxRedirects',
  'minIterationDuration',
  'noConnectionReuse',
  'noSetup',
  'noTeardown',
  'noVUConnectionReuse',
  'scenarios',
  'setupTimeout',
  'stages',
  'summaryTimeUnit',
  'summaryTrendStats',
  'systemTags',
  'tags',
  'teardownTimeout',
  'thresholds',
  'throw',
  'userAgent',
  'vus',
];

const KNOWN = new Set([...USED, ...WITHOUT_EFFECT, ...UNSUPPORTED]);
const DEFAULT_TREND_STATS = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];

/**
 * Reads what the script exports as `options`.
 *
 * @param exported any value; undefined and null mean no options
 * @param warn takes k6's warnings (unknown keys, shortcuts that override scenarios)
 * @throws {EngineError} exit code 104 with k6's text for the first thing that has the wrong form, or one text with
 *   every scenario that has the wrong values
 */
export function readScriptOptions(exported: unknown, warn: (text: string) => void): ScriptOptions {
  const options = toJson(exported);
  checkKeys(options, warn);
  const scenarios = completeAll(deriveScenarios(options, readScenarios(options), warn));
  return {
    scenarios,
    thresholds: readThresholds(options['thresholds']),
    tags: readStringMap(options['tags'], 'tags'),
    systemTags: readSystemTags(options['systemTags']),
    summaryTrendStats: readTrendStats(options['summaryTrendStats']),
    summaryTimeUnit: readString(options['summaryTimeUnit'], 'summaryTimeUnit') ?? '',
    setupTimeout: readDuration(options['setupTimeout']) ?? 60_000,
    teardownTimeout: readDuration(options['teardownTimeout']) ?? 60_000,
    handleSummaryTimeout: readDuration(options['handleSummaryTimeout']) ?? 120_000,
    noSetup: readBoolean(options['noSetup'], 'noSetup'),
    noTeardown: readBoolean(options['noTeardown'], 'noTeardown'),
    minIterationDuration: readDuration(options['minIterationDuration']) ?? 0,
    userAgent: readString(options['userAgent'], 'userAgent') ?? 'k6-llm-perf-engine',
    throwErrors: readBoolean(options['throw'], 'throw'),
    maxRedirects: readInteger(options['maxRedirects'], 'maxRedirects') ?? 10,
    discardResponseBodies: readBoolean(options['discardResponseBodies'], 'discardResponseBodies'),
    insecureSkipTlsVerify: readBoolean(options['insecureSkipTLSVerify'], 'insecureSkipTLSVerify'),
    noConnectionReuse: readBoolean(options['noConnectionReuse'], 'noConnectionReuse'),
    noVuConnectionReuse: readBoolean(options['noVUConnectionReuse'], 'noVUConnectionReuse'),
    exported: { ...options, scenarios: Object.fromEntries(scenarios.map(({ name, ...rest }) => [name, rest])) },
  };
}

function toJson(exported: unknown): JsonObject {
  if (exported === undefined || exported === null) return {};
  const value: unknown = JSON.parse(JSON.stringify(exported) ?? 'null');
  if (!isObject(value)) throw badOption('error parsing script options: the exported options must be an object');
  return value;
}

function checkKeys(options: JsonObject, warn: (text: string) => void): void {
  for (const [key, value] of Object.entries(options)) {
    if (!KNOWN.has(key)) {
      warn(`There were unknown fields in the options exported in the script: json: unknown field "${key}"`);
    } else if (UNSUPPORTED.includes(key) && value !== null) {
      throw badConfiguration(`the option '${key}' is not supported by the Node engine; run this script with k6`);
    }
  }
}

function readScenarios(options: JsonObject): RawScenario[] | null {
  const entries = options['scenarios'];
  if (entries === undefined || entries === null) return null;
  if (!isObject(entries)) throw wrongType('scenarios', entries, 'map[string]executor');
  return Object.entries(entries).map(([name, entry]) => readScenario(name, entry));
}

function completeAll(raw: readonly RawScenario[]): Scenario[] {
  const completed = raw.map(completeScenario);
  const problems = completed.flatMap(({ scenario, problems: own }) =>
    own.length > 0 ? [`scenario ${scenario.name} has configuration errors: ${own.join(', ')}`] : [],
  );
  if (problems.length > 0) throw configurationProblems(problems);
  return completed.map(({ scenario }) => scenario);
}

/** k6's list of what is wrong with the scenarios. */
export function configurationProblems(problems: readonly string[]): Error {
  const list = problems.map((problem) => `\n\t- ${problem}`).join('');
  return badConfiguration(`There were problems with the specified script configuration:${list}`);
}

function readTrendStats(value: unknown): readonly string[] {
  if (value === undefined || value === null) return DEFAULT_TREND_STATS;
  if (!Array.isArray(value)) throw wrongType('summaryTrendStats', value, '[]string');
  const stats = value.map((stat: unknown) => {
    if (typeof stat !== 'string') throw wrongType('summaryTrendStats', stat, 'string');
    return stat;
  });
  for (const stat of stats) {
    if (!['avg', 'min', 'med', 'max', 'count'].includes(stat)) parsePercentile(stat);
  }
  return stats;
}
