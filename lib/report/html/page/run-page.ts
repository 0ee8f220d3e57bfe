import type { PercentileMethod } from '../../../stats/run-summary.ts';
import { successRatio } from '../../../stats/run-summary.ts';
import { formatMargin, formatMilliseconds, formatNumber, formatShare, NO_VALUE } from '../format-value.ts';
import type { RunReportData, ThresholdRow } from '../report-data.ts';
import { distributionCard } from './charts/distribution-charts.ts';
import { inputTokensChart, positionChart } from './charts/stream-charts.ts';
import { lagChart, type TimeDomain, timeCharts } from './charts/time-charts.ts';
import { timelineChart } from './charts/timeline.ts';
import { configurationSection, notesSection, pageHeader, tile, verdictBadge } from './common.ts';
import { element, section, table } from './dom.ts';
import { noChart } from './figure.ts';

/** The page of one run, from its main numbers to its configuration. */
export function runPage(data: RunReportData): Node[] {
  const domain = findTimeDomain(data);
  const sections = [
    overview(data),
    data.thresholds.length === 0 ? null : thresholds(data.thresholds),
    data.failures.length === 0 ? null : failures(data),
    distributions(data),
    data.statistics === null ? null : certainty(data.statistics),
    section(
      'time',
      'Over time',
      element('div', { class: 'charts' }, timelineChart(data.timeline, domain), ...timeCharts(data.series, domain)),
    ),
    section(
      'stream',
      'Inside a request',
      element('div', { class: 'charts two' }, positionChart(data.itl_by_position), inputTokensChart(data.timeline)),
    ),
    client(data, domain),
    configurationSection(data.args),
    notesSection(data.notes),
  ].filter((part) => part !== null);
  return [pageHeader(data, sections), ...sections];
}

/** Over all requests, those that are shown and those that are counted. */
function findTimeDomain({ timeline, series }: RunReportData): TimeDomain {
  const starts = [...timeline.start_ms.map((start) => start / 1000), ...series.from_s];
  const ends = [...timeline.end_ms.map((end) => end / 1000), ...series.to_s];
  return starts.length === 0 ? [0, 1] : [Math.min(...starts), Math.max(...ends)];
}

function overview({ summary, distributions: all }: RunReportData): HTMLElement {
  const quantile = (metric: string, percent: number): number | null =>
    all.find((entry) => entry.metric === metric)?.quantiles.find((entry) => entry.percent === percent)?.value ?? null;
  const spread = (metric: string): string =>
    `p50 ${formatMilliseconds(quantile(metric, 50))}, p99 ${formatMilliseconds(quantile(metric, 99))}`;
  const { completed_requests, total_requests, failed_requests, cancelled_requests } = summary;
  const cancelled = cancelled_requests === 0 ? '' : `, ${formatNumber(cancelled_requests)} cancelled`;
  const success = successRatio(summary);
  return section(
    'overview',
    'Overview',
    element(
      'div',
      { class: 'tiles' },
      tile(
        'Output tokens per second',
        formatNumber(summary.output_tokens_per_s),
        `${formatNumber(summary.output_tokens_total)} tokens`,
      ),
      tile(
        'Requests per second',
        formatNumber(summary.requests_per_s),
        `in ${formatMilliseconds(summary.time_taken_ms)}`,
      ),
      tile(
        'Success rate',
        formatShare(success),
        `${formatNumber(completed_requests)} of ${formatNumber(total_requests)}, ${formatNumber(failed_requests)} failed${cancelled}`,
        failed_requests > 0 ? 'bad' : 'plain',
      ),
      tile('Time to first token', formatMilliseconds(summary.ttft_avg_ms), spread('ttft')),
      tile('Time per output token', formatMilliseconds(summary.tpot_avg_ms), spread('tpot')),
      tile('Inter-token latency', formatMilliseconds(summary.itl_avg_ms), spread('itl')),
      tile('Latency', formatMilliseconds(summary.latency_avg_ms), spread('latency')),
      tile(
        'Tokens per request',
        formatNumber(summary.output_tokens_avg),
        `output; input ${formatNumber(summary.input_tokens_avg)}`,
      ),
    ),
    element('p', { class: 'hint' }, 'Large numbers of times are means over completed requests.'),
  );
}

function thresholds(rows: readonly ThresholdRow[]): HTMLElement {
  const crossed = rows.filter(({ ok }) => !ok).length;
  const summary = `${rows.length - crossed} passed, ${crossed} crossed. The margin is the distance to the limit over the limit.`;
  return section(
    'thresholds',
    'Thresholds',
    element('p', { class: 'hint' }, summary),
    table(
      'thresholds',
      ['', 'Condition', 'Observed', 'Margin', ''],
      rows.map((row) => [
        element('span', { class: `badge ${row.ok ? 'good' : 'bad'}` }, row.ok ? '✓ passed' : '✗ crossed'),
        element('code', {}, row.metric === null ? row.expression : `${row.metric}: ${row.expression}`),
        row.note ?? formatObserved(row),
        formatMargin(row.margin_ratio),
        marginBar(row.margin_ratio),
      ]),
      [0, 1, 4],
    ),
  );
}

function formatObserved({ value, unit }: ThresholdRow): string {
  if (unit === 'share') return formatShare(value);
  return unit === null || value === null ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

/** Distance to the limit as a bar from the middle: to the right on the passing side, to the left beyond the limit. */
function marginBar(ratio: number | null): Node {
  if (ratio === null) return element('span');
  const share = Math.min(1, Math.abs(ratio)) * 50;
  const place = ratio >= 0 ? 'left: 50%' : `left: ${50 - share}%`;
  return element(
    'span',
    { class: 'margin', 'aria-hidden': 'true' },
    element('i', { class: ratio >= 0 ? 'good' : 'bad', style: `${place}; width: ${share}%` }),
  );
}

function failures({ failures: kinds, summary }: RunReportData): HTMLElement {
  return section(
    'failures',
    'Failures',
    table(
      'failures',
      ['Kind', 'Requests', 'Share', 'Status', 'First of them'],
      kinds.map(({ kind, count, status, detail, index, at_ms }) => [
        element('span', { class: 'badge bad' }, kind),
        formatNumber(count),
        formatShare(count / Math.max(1, summary.total_requests)),
        status === null ? NO_VALUE : `${status}`,
        element(
          'div',
          { class: 'example' },
          element('code', {}, detail),
          index === null ? null : element('small', {}, `request ${index}, ended at ${formatMilliseconds(at_ms)}`),
        ),
      ]),
      [0, 4],
    ),
  );
}

const PERCENTILE_TEXTS: Readonly<Record<PercentileMethod, string>> = {
  index: "Percentiles are sorted[int(N*p/100)], the rule of evalscope's quick start",
  'nearest-rank': "Percentiles are sorted[ceil(N*p/100)-1], the nearest rank, evalscope 1.14's rule",
  linear: 'Percentiles are interpolated at (N-1)*p/100, as by k6 and numpy',
  interpolated: 'Percentiles are interpolated at (N-1)*p/100, as by k6 and numpy',
};

function distributions({ distributions: all, summary }: RunReportData): HTMLElement {
  const method = PERCENTILE_TEXTS[summary.percentile_method ?? 'interpolated'];
  const few = summary.completed_requests < 10 ? ' With fewer than ten requests they say little.' : '';
  return section(
    'distributions',
    'Distributions',
    all.length === 0
      ? noChart('distributions', 'Distributions', 'No request was completed.')
      : element('div', { class: 'cards' }, ...all.map(distributionCard)),
    element('h3', {}, 'Percentiles'),
    table(
      'percentiles',
      ['Percentile', 'TTFT (ms)', 'TPOT (ms)', 'Latency (ms)', 'Input tokens', 'Output tokens', 'Output tokens/s'],
      summary.percentiles.map((row) => [
        `${row.percentile} %`,
        ...[row.ttft_ms, row.tpot_ms, row.latency_ms, row.input_tokens, row.output_tokens, row.output_tokens_per_s].map(
          formatNumber,
        ),
      ]),
    ),
    element('p', { class: 'hint' }, `${method}; each column is ordered for itself.${few}`),
  );
}

function certainty({ rows, lines }: NonNullable<RunReportData['statistics']>): HTMLElement {
  return section(
    'certainty',
    'How sure the numbers are',
    table('intervals', ['Metric', 'Value', '95 % interval', 'Steady state'], rows),
    ...lines.map((line) => element('p', { class: 'hint' }, line)),
  );
}

function client({ summary, validity, series }: RunReportData, domain: TimeDomain): HTMLElement {
  const measured = summary.client_lag_p99_ms !== null;
  return section(
    'client',
    'Client and validity',
    element('p', {}, verdictBadge(validity.verdict), ' ', describeVerdict(validity.verdict)),
    validity.reasons.length === 0
      ? null
      : element('ul', { class: 'reasons' }, ...validity.reasons.map((reason) => element('li', {}, reason))),
    element(
      'div',
      { class: 'tiles small' },
      tile(
        'Client lag, p50',
        formatMilliseconds(summary.client_lag_p50_ms),
        measured ? 'timers of the client' : 'not measured',
      ),
      tile(
        'Client lag, p99',
        formatMilliseconds(summary.client_lag_p99_ms),
        `longest ${formatMilliseconds(summary.client_lag_max_ms)}`,
      ),
      tile(
        'Started late, p99',
        formatMilliseconds(summary.late_p99_ms),
        summary.late_p99_ms === null ? 'closed loop: no schedule' : 'after schedule',
      ),
      tile('Chunks that arrived together', formatShare(summary.coalesced_ratio), 'gaps below 0.05 ms'),
    ),
    element('div', { class: 'charts' }, lagChart(series, domain)),
  );
}

function describeVerdict(verdict: string): string {
  if (verdict === 'VALID') return 'Nothing points to the client having been the bottleneck.';
  if (verdict === 'NOT JUDGED') return 'Too little was measured to tell how the client fared.';
  if (verdict === 'NO RUN') return 'No request was sent.';
  if (verdict === 'SUSPECT') return 'Look at the reasons before you rely on the numbers.';
  return 'The numbers say more about the client than about the service.';
}
