import { isObject, type JsonObject } from '../../shared/json.ts';
import { parsePercentile } from '../metrics/sinks.ts';
import { readThresholds } from '../thresholds/thresholds.ts';
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
import { readScenarios, type Scenario } from './scenarios.ts';

const SYSTEM_TAGS = [
  'check',
  'error',
  'error_code',
  'expected_response',
  'group',
  'iter',
  'method',
  'name',
  'proto',
  'scenario',
  'status',
  'url',
  'vu',
] as const;

export type SystemTag = (typeof SYSTEM_TAGS)[number];

const DEFAULT_SYSTEM_TAGS = SYSTEM_TAGS.filter((tag) => tag !== 'iter' && tag !== 'vu');
const DEFAULT_TREND_STATS = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];

/** How each option but the scenarios is read; what a reader gives for undefined is k6's default. */
const READERS = {
  thresholds: readThresholds,
  tags: (value: unknown) => readStringMap(value, 'tags'),
  systemTags: readSystemTags,
  summaryTrendStats: readTrendStats,
  summaryTimeUnit: (value: unknown) => readString(value, 'summaryTimeUnit') ?? '',
  setupTimeout: (value: unknown) => readDuration(value) ?? 60_000,
  teardownTimeout: (value: unknown) => readDuration(value) ?? 60_000,
  userAgent: (value: unknown) => readString(value, 'userAgent') ?? 'k6-llm-perf-engine',
  throw: (value: unknown) => readBoolean(value, 'throw'),
  maxRedirects: (value: unknown) => readInteger(value, 'maxRedirects') ?? 10,
  discardResponseBodies: (value: unknown) => readBoolean(value, 'discardResponseBodies'),
  insecureSkipTLSVerify: (value: unknown) => readBoolean(value, 'insecureSkipTLSVerify'),
  noConnectionReuse: (value: unknown) => readBoolean(value, 'noConnectionReuse'),
};

type ReadOptions = { readonly [Name in keyof typeof READERS]: ReturnType<(typeof READERS)[Name]> };

/** The script's `options`, checked, with k6's defaults. */
export interface ScriptOptions extends ReadOptions {
  readonly scenarios: readonly Scenario[];
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
  'handleSummaryTimeout',
  'hosts',
  'httpDebug',
  'localIPs',
  'minIterationDuration',
  'noSetup',
  'noTeardown',
  'noVUConnectionReuse',
  'paused',
  'rps',
  'tlsAuth',
  'tlsCipherSuites',
  'tlsVersion',
];

/** Scenarios and their shortcuts, and options that only say how k6 reports, stores or batches, which change nothing here. */
const OTHERS = [
  'scenarios',
  'vus',
  'iterations',
  'duration',
  'stages',
  'batch',
  'batchPerHost',
  'cloud',
  'consoleOutput',
  'ext',
  'features',
  'metricSamplesBufferSize',
  'noCookiesReset',
];

const KNOWN = new Set([...Object.keys(READERS), ...OTHERS]);

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
  const scenarios = readScenarios(options, warn);
  const read = Object.entries(READERS).map(([name, reader]) => [name, reader(options[name])]);
  return {
    scenarios,
    ...(Object.fromEntries(read) as ReadOptions),
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
    if (UNSUPPORTED.includes(key)) {
      if (value === null) continue;
      throw badConfiguration(`the option '${key}' is not supported by the Node engine; run this script with k6`);
    }
    if (KNOWN.has(key)) continue;
    warn(`There were unknown fields in the options exported in the script: json: unknown field "${key}"`);
  }
}

/** The system tags that samples carry; unknown names are left out. */
function readSystemTags(value: unknown): ReadonlySet<SystemTag> {
  const names = readList(value, 'systemTags');
  return new Set(names.length === 0 ? DEFAULT_SYSTEM_TAGS : SYSTEM_TAGS.filter((tag) => names.includes(tag)));
}

function readTrendStats(value: unknown): readonly string[] {
  if (value === undefined || value === null) return DEFAULT_TREND_STATS;
  const stats = readList(value, 'summaryTrendStats');
  for (const stat of stats) {
    if (!['avg', 'min', 'med', 'max', 'count'].includes(stat)) parsePercentile(stat);
  }
  return stats;
}

function readList(value: unknown, path: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(path, value, '[]string');
  return value.map((item: unknown) => {
    if (typeof item !== 'string') throw wrongType(path, item, 'string');
    return item;
  });
}
