import { formatCount } from '../../../shared/format-count.ts';
import { NO_VALUE } from '../../../shared/format-digits.ts';
import {
  type HeadlineMetric,
  type HeadlineStatistic,
  headlineValue,
  successRatio,
  tokensPerUser,
} from '../../../stats/run-summary.ts';
import { PAGE_FILE } from '../../report-folder.ts';
import { causeOfReason, groupByCause, listDoubts, type RunRemark } from '../../text/describe-doubts.ts';
import { formatMeasured, formatShare } from '../format-value.ts';
import { HEADLINE_NAMES } from '../headline-names.ts';
import { compareLoads, describeLoad, loadOf } from '../point-load.ts';
import type { RepeatedPageRun, SweepPagePoint, SweepReportData } from '../report-data.ts';
import { type FrontOptions, front } from './charts/front.ts';
import { LATENCY_CURVES, latencyCurve } from './charts/latency-curve.ts';
import { againstLoad, LOAD_METRICS } from './charts/load.ts';
import { searchChart } from './charts/search.ts';
import { closingSections, formatStart, layOutPage, verdictBadge } from './common.ts';
import { badge, type Cell, type Column, element, hint, list, number, section, sortableTable } from './dom.ts';
import { figures } from './figure.ts';

/** Throughput against what users feel, a row a chart. */
const FRONTS: readonly FrontOptions[] = [
  {
    id: 'throughput-latency',
    title: 'Throughput against latency',
    label: 'latency, mean (ms)',
    better: 'lower-x',
    value: ({ summary }) => headlineValue(summary, 'latency', 'mean'),
  },
  {
    id: 'throughput-ttft',
    title: 'Throughput against TTFT',
    label: 'TTFT, p99 (ms)',
    better: 'lower-x',
    value: ({ summary }) => headlineValue(summary, 'ttft', 'p99'),
  },
  {
    id: 'throughput-user',
    title: 'Throughput against speed per user',
    label: 'tokens/s of one user, 1 / mean TPOT',
    better: 'higher-x',
    value: ({ summary }) => tokensPerUser(summary),
  },
];

/** The page of a sweep: how it came out, what more load costs, and the table of all points. */
export function sweepPage(data: SweepReportData): Node[] {
  const { args, model, results } = data;
  const points = [...data.points].sort(compareLoads);
  const sections = [
    section('results', 'Results', list(results)),
    (data.search ?? []).length === 0
      ? null
      : section('search', 'What was searched', figures('two', (data.search ?? []).map(searchChart))),
    section(
      'points',
      'All points',
      sortableTable('points', COLUMNS, points),
      hint('Click a header to sort by it, or a load to open its report.'),
    ),
    points.some(({ varies }) => varies === 'rate')
      ? section(
          'curves',
          'Latency over throughput',
          figures(
            'two',
            LATENCY_CURVES.map((curve) => latencyCurve(curve, points)),
          ),
        )
      : null,
    section(
      'fronts',
      'Throughput against what users feel',
      hint('The line joins the points that no other beats in both directions (the Pareto front). Labels are the load.'),
      figures(
        'three',
        FRONTS.map((options) => front(options, points)),
      ),
    ),
    section(
      'load',
      'Every metric against the load',
      figures(
        'three',
        LOAD_METRICS.map((metric) => againstLoad(metric, points)),
      ),
    ),
    ...closingSections(data),
  ];
  return layOutPage({
    kind: 'LLM load sweep',
    title: model,
    badges: [...verdictBadges(points, 'points'), ...conditionsBadge(points, 'points')],
    facts: [args['url'], args['dataset'], formatCount(points.length, 'point'), formatStart(data.started_at)],
    reasons: listRemarks(points, describeLoad),
    sections,
  });
}

/** A badge for each verdict, with the number of its points where there are several. */
export function verdictBadges(points: readonly RepeatedPageRun[], word: string): HTMLElement[] {
  const verdicts = [...new Set(points.map(({ validity }) => validity.verdict))];
  if (verdicts.length === 1) return verdicts.map(verdictBadge);
  return verdicts.map((verdict) => {
    const count = points.filter(({ validity }) => validity.verdict === verdict).length;
    return element('span', {}, verdictBadge(verdict), ` at ${count} of ${points.length} ${word}`);
  });
}

/** Nothing without conditions. */
export function conditionsBadge(points: readonly RepeatedPageRun[], word: string): HTMLElement[] {
  const judged = points.filter(({ meets_thresholds }) => meets_thresholds !== null);
  if (judged.length === 0) return [];
  const crossed = judged.filter(({ meets_thresholds }) => meets_thresholds === false).length;
  const text =
    crossed === 0 ? `gates passed at all ${word}` : `gates crossed at ${crossed} of ${points.length} ${word}`;
  return [badge(crossed === 0 ? 'good' : 'bad', text, { href: `#${word}` })];
}

/** What to be careful with: a line for each cause, with the runs that have it. */
export function listRemarks<Run extends RepeatedPageRun>(
  runs: readonly Run[],
  nameOf: (run: Run, index: number) => string,
): string[] {
  const listOf = (textsOf: (run: Run) => readonly string[]): RunRemark[] =>
    runs.flatMap((run, index) => textsOf(run).map((text) => ({ name: nameOf(run, index), text })));
  return [
    ...groupByCause(listOf(listDoubts), causeOfReason),
    ...groupByCause(
      listOf(({ crossed }) => crossed.map((gate) => `crossed: ${gate}`)),
      (text) => text,
    ),
  ];
}

/** What is shown of a run that is one of several. */
export const RUN_COLUMNS: readonly Column<RepeatedPageRun>[] = [
  { header: 'Verdict', cell: ({ validity }) => verdictBadge(validity.verdict), isText: true },
  { header: 'Gates', cell: gates, isText: true },
  { header: 'Requests', cell: ({ summary }) => number(summary.total_requests) },
  { header: 'Requests/s', cell: ({ summary }) => number(summary.requests_per_s) },
  { header: 'Output tokens/s', cell: ({ summary }) => number(summary.output_tokens_per_s) },
  { header: 'Tokens/s per user', cell: ({ summary }) => number(tokensPerUser(summary)) },
  ...timeColumns('ttft', ['mean', 'p50', 'p99']),
  ...timeColumns('tpot', ['mean', 'p99']),
  ...timeColumns('latency', ['mean', 'p99']),
  { header: 'Success', cell: ({ summary }) => number(successRatio(summary), formatShare) },
];

function timeColumns(metric: HeadlineMetric, statistics: readonly HeadlineStatistic[]): Column<RepeatedPageRun>[] {
  return statistics.map((statistic) => ({
    header: `${HEADLINE_NAMES[metric].short} ${statistic}${statistic === 'mean' ? ' (ms)' : ''}`,
    cell: ({ summary }) => number(headlineValue(summary, metric, statistic), formatMeasured),
  }));
}

const COLUMNS: readonly Column<SweepPagePoint>[] = [{ header: 'Load', cell: linkTo, isText: true }, ...RUN_COLUMNS];

/** The report of a run, from the page above its folder; nothing where it left none. */
export function hrefOf({ folder }: RepeatedPageRun): { readonly href?: string } {
  return folder === null ? {} : { href: `${folder.split('/').map(encodeURIComponent).join('/')}/${PAGE_FILE}` };
}

/** The load of a point, and its own report where it left one. */
function linkTo(point: SweepPagePoint): Cell {
  const cell = point.varies === 'parallel' ? number(loadOf(point)) : number(loadOf(point), () => describeLoad(point));
  return { ...cell, ...hrefOf(point) };
}

function gates({ meets_thresholds, crossed }: RepeatedPageRun): HTMLElement {
  if (meets_thresholds === null) return element('span', {}, NO_VALUE);
  if (meets_thresholds) return badge('good', 'passed');
  return badge('bad', `${crossed.length} crossed`, { title: crossed.join('\n') });
}
