import type { RunSummary } from '../stats/run-summary.ts';
import { type Check, listChecks, type RunVerdict } from './check-list.ts';

/** What JUnit readers show beside the conditions. */
export interface JunitContext extends RunVerdict {
  readonly model: string;
  readonly summary: RunSummary;
}

/**
 * The conditions of a run as JUnit XML: a suite for thresholds, one for gates, a test case for each of them.
 *
 * Source of the form: the schema that Jenkins, GitLab and GitHub's test reporters read. Without conditions there is a
 * report without suites, since a missing file looks like a failed step.
 */
export function renderJunit(context: JunitContext): string {
  const checks = listChecks(context);
  const seconds = ((context.summary.time_taken_ms ?? 0) / 1000).toFixed(3);
  const suites = (['thresholds', 'gates', 'measurement'] as const).flatMap((group) => {
    const cases = checks.filter((check) => check.group === group);
    return cases.length === 0 ? [] : renderSuite(group, cases, context.model, seconds);
  });
  const failures = checks.filter(({ ok }) => !ok).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="k6-llm-perf" tests="${checks.length}" failures="${failures}" errors="0" time="${seconds}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function renderSuite(group: Check['group'], cases: readonly Check[], model: string, seconds: string): string[] {
  const failures = cases.filter(({ ok }) => !ok).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${seconds}"`;
  return [
    `  <testsuite name="${group}" ${counts}>`,
    ...cases.flatMap((check) => renderCase(check, `${model}.${group}`)),
    '  </testsuite>',
  ];
}

function renderCase({ name, ok, detail }: Check, className: string): string[] {
  const open = `    <testcase classname="${escapeXml(className)}" name="${escapeXml(name)}" time="0"`;
  if (!ok) {
    const message = escapeXml(detail ?? 'crossed');
    return [
      `${open}>`,
      `      <failure type="crossed" message="${message}">${escapeXml(name)}: ${message}</failure>`,
      '    </testcase>',
    ];
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
