import type { Problem } from '../shared/errors.ts';
import { isObject, parseJson } from '../shared/json.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import { ownValue } from '../shared/own-value.ts';
import { showPath } from '../shared/show-word.ts';
import { checkThresholds, type K6Thresholds } from './check-thresholds.ts';
import { checkGates, type Gate } from './gates.ts';
import { GUARD, GUARD_METRIC } from './measured-guard.ts';
import { holds } from './operators.ts';
import { PROFILES } from './profiles.ts';
import { parseMetricSelector, parseThresholdExpression } from './thresholds.ts';

/** Thresholds ready for k6's options, or everything that is wrong with them. */
export interface LoadedThresholds {
  /** Guarded, and empty when there are problems. */
  readonly thresholds: K6Thresholds;
  /** The profile's own gates, which the report judges. */
  readonly gates: readonly Gate[];
  readonly problems: readonly Problem[];
  /** Lines for the user: a guard that was added, thresholds that may judge nothing. */
  readonly notes: readonly string[];
}

export interface ThresholdReader {
  /** Reads a whole file as text; throws where it cannot. */
  readText(path: string): string;
}

/**
 * Reads the thresholds of a profile, or of a file: `{"about", "source", "thresholds": {…}, "gates": […]}` with either of
 * the last two or both, or k6's plain object.
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
  if (nameOrPath === null) return { thresholds: {}, gates: [], problems: [], notes: [] };
  const isProfile = Object.hasOwn(PROFILES, nameOrPath);
  const source = isProfile ? ownValue(PROFILES, nameOrPath) : readJson(nameOrPath, readText);
  if (source === undefined) return refuse(describeMissing(nameOrPath, style));
  const list = isObject(source) ? (source['gates'] ?? null) : null;
  const given = isObject(source) ? source['thresholds'] : undefined;
  const object = isObject(given) ? given : list === null || given !== undefined ? source : {};
  if (source === null || !isObject(object)) {
    return refuse({
      key: nameOrPath,
      got: source === null ? 'text that is not JSON' : 'JSON, but not an object',
      allowed: 'a JSON object from metrics to arrays of thresholds',
      paste: '{ "llm_ttft": ["p(95)<500"] }',
    });
  }
  const { thresholds, problems: wrongThresholds, notes } = checkThresholds(object, nameOrPath);
  const { gates, problems: wrongGates } = readGates(list, `${nameOrPath}, gates`);
  const problems = [...wrongThresholds, ...wrongGates];
  if (problems.length > 0) return { thresholds: {}, gates: [], problems, notes };
  // Gates need no guard: without a value they are crossed.
  const isGatesOnly = list !== null && Object.keys(thresholds).length === 0;
  if (isGatesOnly || isGuarded(thresholds)) return { thresholds, gates, problems, notes };
  const guard = `${nameOrPath}: added ${GUARD_METRIC} ${GUARD}: without it a run of nothing passes`;
  return {
    thresholds: { ...thresholds, [GUARD_METRIC]: [...(thresholds[GUARD_METRIC] ?? []), GUARD] },
    gates,
    problems,
    notes: [...notes, guard],
  };
}

function readGates(list: unknown, where: string): ReturnType<typeof checkGates> {
  const paste = (gate: string): string => `"gates": [${JSON.stringify(gate)}]`;
  if (list === null || Array.isArray(list)) return checkGates(list ?? [], where, paste);
  const got = JSON.stringify(list);
  const allowed = 'an array of gates, even for a single one';
  return { gates: [], problems: [{ key: where, got, allowed, paste: paste('p99(ttft)<500') }] };
}

/** Whether a run without a completed request fails: some threshold on their count does not hold for 0. */
function isGuarded(thresholds: K6Thresholds): boolean {
  return Object.entries(thresholds).some(([selector, list]) => {
    if (parseMetricSelector(selector)?.metric !== GUARD_METRIC) return false;
    return list.some((item) => {
      const expression = parseThresholdExpression(typeof item === 'string' ? item : item.threshold);
      if (expression === null) return false;
      return !holds(0, expression.operator, expression.limit);
    });
  });
}

/** undefined: the file cannot be read; null: it is not JSON (or the JSON value null, which is as useless). */
function readJson(path: string, readText: ThresholdReader['readText']): unknown {
  try {
    return parseJson(readText(path)) ?? null;
  } catch {
    return undefined;
  }
}

function describeMissing(nameOrPath: string, style: 'flag' | 'env'): Problem {
  const names = Object.keys(PROFILES);
  const name = findNearestName(nameOrPath, names) ?? names[0] ?? '';
  return {
    key: 'THRESHOLDS (--thresholds)',
    got: `${showPath(nameOrPath)}: no profile of that name, and no file that can be read`,
    allowed: `${names.join(', ')}, or the path of a JSON file`,
    paste: style === 'flag' ? `--thresholds ${name}` : `-e THRESHOLDS=${name}`,
  };
}

function refuse(problem: Problem): LoadedThresholds {
  return { thresholds: {}, gates: [], problems: [problem], notes: [] };
}
