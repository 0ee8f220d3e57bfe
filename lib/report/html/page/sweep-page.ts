import { successRatio } from '../../../stats/run-summary.ts';
import { formatNumber, formatShare } from '../format-value.ts';
import type { SweepPoint, SweepReportData } from '../report-data.ts';
import { frontChart, loadChart } from './charts/sweep-charts.ts';
import { configurationSection, notesSection, pageHeader } from './common.ts';
import { element, section, table } from './dom.ts';
import { loadOf, percentileOf, SWEEP_METRICS, tokensPerUser } from './sweep-metrics.ts';

/** The page of a sweep: what more load costs, and the table of all points. */
export function sweepPage(data: SweepReportData): Node[] {
  const points = [...data.points].sort((a, b) => loadOf(a) - loadOf(b));
  const byRate = points.some(({ rate }) => rate !== null);
  const load = byRate ? 'request rate (requests/s)' : 'concurrency (requests at a time)';
  const sections = [
    section(
      'fronts',
      'Throughput against what users feel',
      element(
        'p',
        { class: 'hint' },
        'The line joins the points that no other beats in both directions (the Pareto front). Labels are the load.',
      ),
      element(
        'div',
        { class: 'charts three' },
        frontChart(points, {
          id: 'throughput-latency',
          title: 'Throughput against latency',
          label: 'latency, mean (ms)',
          better: 'lower-x',
          value: ({ summary }) => summary.latency_avg_ms,
        }),
        frontChart(points, {
          id: 'throughput-ttft',
          title: 'Throughput against TTFT',
          label: 'TTFT, p99 (ms)',
          better: 'lower-x',
          value: ({ summary }) => percentileOf(summary, 99, 'ttft_ms'),
        }),
        frontChart(points, {
          id: 'throughput-user',
          title: 'Throughput against speed per user',
          label: 'tokens/s of one user, 1 / mean TPOT',
          better: 'higher-x',
          value: tokensPerUser,
        }),
      ),
    ),
    section(
      'load',
      'Every metric against the load',
      element('div', { class: 'charts three' }, ...SWEEP_METRICS.map((metric) => loadChart(points, metric, load))),
    ),
    section('points', 'All points', pointsTable(points, byRate)),
    configurationSection(data.args),
    notesSection(data.notes),
  ].filter((part) => part !== null);
  return [pageHeader(data, sections), ...sections];
}

function pointsTable(points: readonly SweepPoint[], byRate: boolean): HTMLElement {
  return table(
    'points',
    [
      ...[
        byRate ? 'Requests/s asked for' : 'Concurrency',
        'Requests',
        'Requests/s',
        'Output tokens/s',
        'Tokens/s per user',
      ],
      ...[
        'TTFT mean (ms)',
        'TTFT p50',
        'TTFT p99',
        'TPOT mean (ms)',
        'TPOT p99',
        'Latency mean (ms)',
        'Latency p99',
        'Success',
      ],
    ],
    points.map((point) => {
      const { summary } = point;
      const numbers = [
        ...[
          loadOf(point),
          summary.total_requests,
          summary.requests_per_s,
          summary.output_tokens_per_s,
          tokensPerUser(point),
        ],
        ...[summary.ttft_avg_ms, percentileOf(summary, 50, 'ttft_ms'), percentileOf(summary, 99, 'ttft_ms')],
        ...[summary.tpot_avg_ms, percentileOf(summary, 99, 'tpot_ms')],
        ...[summary.latency_avg_ms, percentileOf(summary, 99, 'latency_ms')],
      ];
      return [...numbers.map(formatNumber), formatShare(successRatio(summary))];
    }),
    [],
  );
}
