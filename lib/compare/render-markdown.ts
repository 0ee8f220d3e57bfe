import { escapeMarkdown, formatCode, renderMarkdownTable } from '../shared/escape-markdown.ts';
import { type ComparisonReport, describeMethod, describeRuns } from './comparison.ts';
import type { GateOutcome } from './regression-gate.ts';
import { buildRows, COLUMNS } from './render-text.ts';

const SIGNS: Readonly<Record<GateOutcome['state'], string>> = { passed: '✅', unsure: '❔', failed: '❌' };

/** The comparison for a pull request or `$GITHUB_STEP_SUMMARY`, the last line ended. */
export function renderComparisonMarkdown(report: ComparisonReport): string {
  const sections = report.comparisons.flatMap((comparison) => {
    const failed = comparison.gates.filter(({ state }) => state === 'failed').length;
    const outcome =
      comparison.gates.length === 0
        ? ''
        : failed === 0
          ? ': passed'
          : `: ${failed} of ${comparison.gates.length} failed`;
    return [
      `## ${comparison.point === null ? 'Comparison' : escapeMarkdown(`Comparison, ${comparison.point}`)}${outcome}`,
      describeRuns(comparison)
        .map((line) => `- ${escapeMarkdown(line)}`)
        .join('\n'),
      ...(comparison.gates.length === 0
        ? []
        : [
            renderMarkdownTable(
              ['', 'Gate', 'Change'],
              comparison.gates.map(({ source, state, detail }) => [SIGNS[state], formatCode(source), detail]),
            ),
          ]),
      renderMarkdownTable(
        COLUMNS,
        buildRows(comparison).map((row) =>
          row.map((cell, column) => (column === 5 && (cell === 'worse' || cell === 'better') ? `**${cell}**` : cell)),
        ),
      ),
    ];
  });
  const notes = [...report.notes, ...describeMethod(report)].map((line) => `- ${escapeMarkdown(line)}`).join('\n');
  return `${[...sections, notes].join('\n\n')}\n`;
}
