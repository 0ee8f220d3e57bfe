import { formatCount } from '../../../shared/format-count.ts';
import { formatNumber } from '../format-value.ts';
import type { ComparisonReportData, ComparisonSection } from '../report-data.ts';
import { changes } from './charts/changes.ts';
import { sharesOfTwoRuns } from './charts/cumulative-share.ts';
import { layOutPage } from './common.ts';
import { badge, element, list, section, type Tone, table } from './dom.ts';
import { figures } from './figure.ts';

const TONES: Readonly<Record<ComparisonSection['gates'][number]['state'], Tone>> = {
  passed: 'good',
  unsure: 'warn',
  failed: 'bad',
};

/** The page of a comparison: how its gates came out, and for each pair of runs tables, changes and distributions. */
export function comparisonPage({ sections: pairs, columns, notes }: ComparisonReportData): Node[] {
  const gates = pairs.flatMap((pair) => pair.gates.map((gate) => ({ ...gate, title: pair.title })));
  const sections = [
    ...pairs.map((pair, i) => comparedPair(pair, columns, `pair-${i + 1}`)),
    section('reading', 'How to read this', list(notes)),
  ];
  return layOutPage({
    kind: 'LLM load test',
    title: 'Comparison of load tests',
    badges: (['failed', 'unsure', 'passed'] as const).flatMap((state) => {
      const count = gates.filter((gate) => gate.state === state).length;
      return count === 0
        ? []
        : [badge(TONES[state], `${formatCount(count, 'gate', undefined, formatNumber)} ${state}`)];
    }),
    facts: [],
    reasons: gates
      .filter(({ state }) => state !== 'passed')
      .map(({ title, state, source, detail }) =>
        element(
          'span',
          {},
          `${pairs.length > 1 ? `${title}: ` : ''}${state}: `,
          element('code', {}, source),
          `: ${detail}`,
        ),
      ),
    sections,
  });
}

function comparedPair(
  { title, facts, gates, rows, ...drawn }: ComparisonSection,
  columns: readonly string[],
  id: string,
) {
  const verdicts = columns.length - 1;
  return section(
    id,
    title,
    list(facts),
    gates.length === 0
      ? null
      : table(
          `${id}-gates`,
          ['', 'Gate', 'Change'],
          gates.map(({ source, state, detail }) => [badge(TONES[state], state), element('code', {}, source), detail]),
          [0, 1, 2],
        ),
    table(
      `${id}-numbers`,
      columns,
      rows.map((row) => row.map((cell, i) => (i === verdicts ? verdict(cell) : cell))),
      [0, verdicts],
    ),
    element('h3', {}, 'Changes and distributions'),
    figures('one', [changes(drawn.changes)]),
    drawn.curves.length === 0 ? null : figures('two', drawn.curves.map(sharesOfTwoRuns)),
  );
}

function verdict(text: string): HTMLElement {
  const tone = text === 'better' ? 'good' : text === 'worse' ? 'bad' : null;
  return tone === null ? element('span', {}, text) : element('strong', { class: tone }, text);
}
