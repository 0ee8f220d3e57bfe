import type { RunSummary } from '../../stats/run-summary.ts';
import { type Check, hasFailed, listChecks, type RunVerdict } from './check-list.ts';

/** How a report of ours begins. */
export const JUNIT_ROOT = '<testsuites name="k6-llm-perf"';

/** What JUnit readers show beside the conditions. */
export interface JunitContext extends RunVerdict {
  readonly model: string;
  readonly summary: Pick<RunSummary, 'time_taken_ms'>;
}

/** Conditions that a reader shows together. */
export interface JunitSuite {
  readonly name: string;
  readonly checks: readonly Check[];
  /** Behind it comes the group of a condition. */
  readonly className: string;
  readonly seconds: number;
}

/** The conditions of a run: a suite for thresholds, one for gates, a test case for each of them. */
export function renderJunit(context: JunitContext): string {
  const checks = listChecks(context);
  const seconds = secondsOf(context);
  const suites = (['thresholds', 'gates', 'measurement'] as const).map((name) => ({
    name,
    checks: checks.filter(({ group }) => group === name),
    className: context.model,
    seconds,
  }));
  return renderJunitSuites(
    suites.filter((suite) => suite.checks.length > 0),
    seconds,
  );
}

/** All conditions of a run that is one of several. */
export function buildJunitSuite(name: string, context: JunitContext): JunitSuite {
  return {
    name,
    checks: listChecks(context),
    className: `${context.model}.${name.replace(/\W+/g, '_')}`,
    seconds: secondsOf(context),
  };
}

/**
 * JUnit XML. Source of the form: the schema that Jenkins, GitLab and GitHub's test reporters read. Without conditions there
 * is a report without suites, since a missing file looks like a failed step. A run that did not take place is an error, and
 * what nobody could judge is skipped: neither has passed.
 */
export function renderJunitSuites(
  suites: readonly JunitSuite[],
  seconds = suites.reduce((sum, suite) => sum + suite.seconds, 0),
): string {
  const checks = suites.flatMap((suite) => suite.checks);
  const { failures, errors } = countStates(checks);
  const counts = `tests="${checks.length}" failures="${failures}" errors="${errors}" time="${seconds.toFixed(3)}"`;
  const lines = suites.flatMap(renderSuite);
  return ['<?xml version="1.0" encoding="UTF-8"?>', `${JUNIT_ROOT} ${counts}>`, ...lines, '</testsuites>', ''].join(
    '\n',
  );
}

function renderSuite({ name, checks, className, seconds }: JunitSuite): string[] {
  const { failures, errors, skipped } = countStates(checks);
  const counts = `tests="${checks.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds.toFixed(3)}"`;
  return [
    `  <testsuite name="${escapeXml(name)}" ${counts}>`,
    ...checks.flatMap((check) => renderCase(check, `${className}.${check.group}`)),
    '  </testsuite>',
  ];
}

function secondsOf({ summary }: JunitContext): number {
  return (summary.time_taken_ms ?? 0) / 1000;
}

function countStates(checks: readonly Check[]): { failures: number; errors: number; skipped: number } {
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  return { failures: count('crossed'), errors: count('error'), skipped: count('no-value') };
}

function renderCase(check: Check, className: string): string[] {
  const { name, state, detail } = check;
  const open = `    <testcase classname="${escapeXml(className)}" name="${escapeXml(name)}" time="0"`;
  if (hasFailed(check)) {
    const message = escapeXml(detail ?? 'crossed');
    const [tag, type] = state === 'error' ? ['error', 'no-run'] : ['failure', 'crossed'];
    return [
      `${open}>`,
      `      <${tag} type="${type}" message="${message}">${escapeXml(name)}: ${message}</${tag}>`,
      '    </testcase>',
    ];
  }
  if (state === 'no-value') {
    return [`${open}>`, `      <skipped message="${escapeXml(detail ?? 'no value')}"/>`, '    </testcase>'];
  }
  if (detail === null) return [`${open}/>`];
  return [`${open}>`, `      <system-out>${escapeXml(detail)}</system-out>`, '    </testcase>'];
}

/** Text for XML 1.0: the characters that it does not allow at all (most of C0, lone surrogates) become `?`. */
function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '?')
      .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '?')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}
