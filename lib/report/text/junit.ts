import type { RunSummary } from '../../stats/run-summary.ts';
import { type Check, hasFailed, listChecks, type RunVerdict } from './check-list.ts';

/** How a report of ours begins. */
export const JUNIT_ROOT = '<testsuites name="k6-llm-perf"';

/** What JUnit readers show beside the conditions. */
export interface JunitContext extends RunVerdict {
  readonly model: string;
  readonly summary: Pick<RunSummary, 'time_taken_ms'>;
}

/**
 * The conditions of a run as JUnit XML: a suite for thresholds, one for gates, a test case for each of them.
 *
 * Source of the form: the schema that Jenkins, GitLab and GitHub's test reporters read. Without conditions there is a
 * report without suites, since a missing file looks like a failed step. A run that did not take place is an error, and
 * what nobody could judge is skipped: neither has passed.
 */
export function renderJunit(context: JunitContext): string {
  const checks = listChecks(context);
  const seconds = ((context.summary.time_taken_ms ?? 0) / 1000).toFixed(3);
  const suites = (['thresholds', 'gates', 'measurement'] as const).flatMap((group) => {
    const cases = checks.filter((check) => check.group === group);
    return cases.length === 0 ? [] : renderSuite(group, cases, context.model, seconds);
  });
  const { failures, errors } = countStates(checks);
  const counts = `tests="${checks.length}" failures="${failures}" errors="${errors}" time="${seconds}"`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', `${JUNIT_ROOT} ${counts}>`, ...suites, '</testsuites>', ''].join(
    '\n',
  );
}

function renderSuite(group: Check['group'], cases: readonly Check[], model: string, seconds: string): string[] {
  const { failures, errors, skipped } = countStates(cases);
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds}"`;
  return [
    `  <testsuite name="${group}" ${counts}>`,
    ...cases.flatMap((check) => renderCase(check, `${model}.${group}`)),
    '  </testsuite>',
  ];
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
