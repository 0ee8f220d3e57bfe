import type { Problem } from '../shared/errors.ts';
import { checkThresholds, type K6Thresholds } from './check-thresholds.ts';
import { evaluateThreshold } from './evaluate.ts';
import { findNearestName } from './nearest-name.ts';
import { PROFILES } from './profiles.ts';
import { parseMetricSelector, parseThresholdExpression } from './threshold-grammar.ts';

/** Thresholds ready for k6's options, or everything that is wrong with them. */
export interface LoadedThresholds {
  /** Guarded, and empty when there are problems. */
  readonly thresholds: K6Thresholds;
  readonly problems: readonly Problem[];
  /** Lines for the user: a guard that was added, thresholds that may judge nothing. */
  readonly notes: readonly string[];
}

export interface ThresholdReader {
  /** Reads a whole file as text; throws where it cannot. */
  readText(path: string): string;
}

/** The counter whose `count>0` keeps a run without any answer from passing. */
const GUARD_METRIC = 'llm_requests_completed';
const GUARD = 'count>0';

/**
 * Reads the thresholds of a profile, or of a file: `{"about", "source", "thresholds": {…}}` or k6's plain object.
 *
 * Without samples every Rate passes and every Trend passes a `<`, so thresholds that would let a run without a
 * completed request pass get a guard, and a note says so.
 *
 * @param nameOrPath a profile's name, which goes first, or the path of a JSON file; null: no thresholds
 * @param style      whether the line to paste is a flag or a `-e` setting
 */
export function loadThresholds(
  nameOrPath: string | null,
  { readText }: ThresholdReader,
  style: 'flag' | 'env' = 'flag',
): LoadedThresholds {
  if (nameOrPath === null) return { thresholds: {}, problems: [], notes: [] };
  const isProfile = Object.hasOwn(PROFILES, nameOrPath);
  const source = isProfile ? PROFILES[nameOrPath] : readJson(nameOrPath, readText);
  if (source === undefined) return refuse(describeMissing(nameOrPath, style));
  const object = isObject(source) && isObject(source['thresholds']) ? source['thresholds'] : source;
  if (source === null || !isObject(object)) {
    return refuse({
      key: nameOrPath,
      got: source === null ? 'text that is not JSON' : 'JSON, but not an object',
      allowed: 'a JSON object from metrics to arrays of thresholds',
      paste: '{ "llm_ttft": ["p(95)<500"] }',
    });
  }
  const { thresholds, problems, notes } = checkThresholds(object, nameOrPath);
  if (problems.length > 0) return { thresholds: {}, problems, notes };
  if (isGuarded(thresholds)) return { thresholds, problems, notes };
  const guard = `${nameOrPath}: added ${GUARD_METRIC} ${GUARD}, because thresholds pass where nothing was measured`;
  return {
    thresholds: { ...thresholds, [GUARD_METRIC]: [...(thresholds[GUARD_METRIC] ?? []), GUARD] },
    problems,
    notes: [...notes, guard],
  };
}

/** Whether a run without a completed request fails: some threshold on their count does not hold for 0. */
function isGuarded(thresholds: K6Thresholds): boolean {
  return Object.entries(thresholds).some(([selector, list]) => {
    if (parseMetricSelector(selector)?.metric !== GUARD_METRIC) return false;
    return list.some((item) => {
      const expression = parseThresholdExpression(typeof item === 'string' ? item : item.threshold);
      if (expression === null) return false;
      return !evaluateThreshold(expression, { type: 'counter', count: 0, duration_s: 1 }).passed;
    });
  });
}

/** undefined: the file cannot be read; null: it holds no JSON (or the JSON value null, which is as useless). */
function readJson(path: string, readText: ThresholdReader['readText']): unknown {
  let text: string;
  try {
    text = readText(path);
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
}

function describeMissing(nameOrPath: string, style: 'flag' | 'env'): Problem {
  const names = Object.keys(PROFILES);
  const name = findNearestName(nameOrPath, names) ?? names[0] ?? '';
  return {
    key: 'THRESHOLDS (--thresholds)',
    got: `${JSON.stringify(nameOrPath)}: no profile of that name, and no file that can be read`,
    allowed: `${names.join(', ')}, or the path of a JSON file`,
    paste: style === 'flag' ? `--thresholds ${name}` : `-e THRESHOLDS=${name}`,
  };
}

function refuse(problem: Problem): LoadedThresholds {
  return { thresholds: {}, problems: [problem], notes: [] };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
