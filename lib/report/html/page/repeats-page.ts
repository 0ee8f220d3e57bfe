import { formatCount } from '../../../shared/format-count.ts';
import { formatNumber } from '../format-value.ts';
import { describeLoad } from '../point-load.ts';
import type { RepeatedPageRun, RepeatsReportData } from '../report-data.ts';
import { spreadChart } from './charts/spread.ts';
import { closingSections, formatStart, layOutPage } from './common.ts';
import { type Cell, type Column, hint, list, number, section, sortableTable } from './dom.ts';
import { figures } from './figure.ts';
import { conditionsBadge, hrefOf, listRemarks, RUN_COLUMNS, verdictBadges } from './sweep-page.ts';

/** The page of repeated runs: how much each number differs from run to run, and the table of all, which leads to their reports. */
export function repeatsPage(data: RepeatsReportData): Node[] {
  const { args, model, results, runs, spread } = data;
  const links = runs.map(hrefOf);
  const sections = [
    section('results', 'Results', list(results)),
    section(
      'spread',
      'From run to run',
      hint('A click on a dot opens the report of the run.'),
      figures(
        'three',
        spread.map((chart) => spreadChart(chart, links)),
      ),
    ),
    section(
      'runs',
      'All runs',
      sortableTable('runs', COLUMNS, [...runs.entries()]),
      hint('Click a header to sort by it, or a run to open its report.'),
    ),
    ...closingSections(data),
  ];
  const [first] = runs;
  const load = first === undefined ? '' : describeLoad({ ...first, varies: first.rate === null ? 'parallel' : 'rate' });
  return layOutPage({
    kind: 'LLM load test, repeated',
    title: model,
    badges: [...verdictBadges(runs, 'runs'), ...conditionsBadge(runs, 'runs')],
    facts: [
      args['url'],
      args['dataset'],
      load,
      formatCount(runs.length, 'run', undefined, formatNumber),
      formatStart(data.started_at),
    ],
    reasons: listRemarks(runs, (_, i) => `run ${i + 1}`),
    sections,
  });
}

const COLUMNS: readonly Column<[number, RepeatedPageRun]>[] = [
  { header: 'Run', cell: ([i, run]): Cell => ({ ...number(i + 1), ...hrefOf(run) }), isText: true },
  ...RUN_COLUMNS.map(({ cell, ...column }) => ({
    ...column,
    cell: ([, run]: [number, RepeatedPageRun]): Cell => cell(run),
  })),
];
