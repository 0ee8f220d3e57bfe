import type { PercentileMethod } from '../../../stats/run-summary.ts';
import { successRatio } from '../../../stats/run-summary.ts';
import { formatMargin, formatMilliseconds, formatNumber, formatShare, NO_VALUE } from '../format-value.ts';
import type { Distribution, RunReportData, ThresholdRow } from '../report-data.ts';
import { cumulativeShare } from './charts/cumulative-share.ts';
import { histogram } from './charts/histogram.ts';
import { itlPosition } from './charts/itl-position.ts';
import { clientLag, throughput, tokenRate, underWay } from './charts/over-time.ts';
import { timelines } from './charts/timeline.ts';
import { ttftInput } from './charts/ttft-input.ts';
import { configurationSection, formatStart, pageHeader, tile, verdictBadge } from './common.ts';
import { badge, type Cell, element, hint, list, section, table } from './dom.ts';
import { type Chart, figure, figures } from './figure.ts';
import { METRIC_NAMES } from './metric-names.ts';

/** The charts of the page, a row each. */
const OVER_TIME: readonly ((data: RunReportData) => Chart)[] = [throughput, underWay, tokenRate];
const INSIDE_A_REQUEST = [itlPosition, ttftInput];
const OF_A_METRIC = [histogram, cumulativeShare];

/** The page of one run, from its main numbers to its configuration. */
export function runPage(data: RunReportData): Node[] {
  const { args, summary, validity, thresholds, notes } = data;
  const draw = (charts: typeof OVER_TIME): Chart[] => charts.map((chart) => chart(data));
  const timeline = timelines(data.timeline);
  const sections = [
    overview(data),
    thresholds.length === 0 ? null : conditions(thresholds),
    data.failures.length === 0 ? null : failures(data),
    distributions(data),
    data.statistics === null ? null : certainty(data.statistics),
    section(
      'time',
      'Over time',
      figures(timeline.length === 1 ? 'one' : 'two', timeline),
      figures('one', draw(OVER_TIME)),
    ),
    section('stream', 'Inside a request', figures('two', draw(INSIDE_A_REQUEST))),
    requests(data),
    client(data),
    configurationSection(args),
    notes.length === 0 ? null : section('notes', 'Notes', list(notes)),
  ].filter((part) => part !== null);
  const crossed = thresholds.filter(({ ok }) => !ok);
  const header = pageHeader({
    kind: 'LLM load test',
    title: data.model === '' ? 'no requests' : data.model,
    badges: [verdictBadge(validity.verdict), ...conditionsBadge(thresholds)],
    facts: [args['url'], args['dataset'], `${summary.concurrency ?? NO_VALUE} parallel`, formatStart(data.started_at)],
    reasons: [...validity.reasons.map((reason) => `${validity.verdict}: ${reason}`), ...crossed.map(describeCrossed)],
    sections,
  });
  return [header, ...sections];
}

/** Nothing without conditions. */
function conditionsBadge(rows: readonly ThresholdRow[]): HTMLElement[] {
  if (rows.length === 0) return [];
  const crossed = rows.filter(({ ok }) => !ok).length;
  const noun = nameConditions(rows);
  const href = { href: '#thresholds' };
  return [
    crossed === 0
      ? badge('good', `${rows.length} ${noun} passed`, href)
      : badge('bad', `${crossed} of ${rows.length} ${noun} crossed`, href),
  ];
}

function nameConditions(rows: readonly ThresholdRow[]): string {
  const gates = rows.filter(({ metric }) => metric === null).length;
  if (gates > 0 && gates < rows.length) return 'gates and thresholds';
  return `${gates > 0 ? 'gate' : 'threshold'}${rows.length === 1 ? '' : 's'}`;
}

function describeCrossed(row: ThresholdRow): HTMLElement {
  const margin = row.margin_ratio === null ? '' : `, margin ${formatMargin(row.margin_ratio)}`;
  return element('span', {}, 'Crossed: ', element('code', {}, nameCondition(row)), `: ${formatObserved(row)}${margin}`);
}

function nameCondition({ metric, expression }: ThresholdRow): string {
  return metric === null ? expression : `${metric}: ${expression}`;
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
    hint('Large numbers of times are means over completed requests.'),
  );
}

function conditions(rows: readonly ThresholdRow[]): HTMLElement {
  const crossed = rows.filter(({ ok }) => !ok).length;
  const summary = `${rows.length - crossed} passed, ${crossed} crossed. The margin is the distance to the limit over the limit.`;
  return section(
    'thresholds',
    'Thresholds',
    hint(summary),
    table(
      'thresholds',
      ['', 'Condition', 'Observed', 'Margin', ''],
      rows.map((row) => [
        badge(row.ok ? 'good' : 'bad', row.ok ? 'passed' : 'crossed'),
        element('code', {}, nameCondition(row)),
        formatObserved(row),
        formatMargin(row.margin_ratio),
        marginBar(row.margin_ratio),
      ]),
      { textColumns: [0, 1, 4] },
    ),
  );
}

/** What was compared with the limit, or why there is nothing. */
function formatObserved({ value, unit, note }: ThresholdRow): string {
  if (note !== null) return note;
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
      { textColumns: [0, 4] },
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
      ? figure({ id: 'distributions', title: 'Distributions', missing: 'No request was completed.' })
      : element('div', { class: 'cards' }, ...all.map(card)),
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
    hint(`${method}; each column is ordered for itself.${few}`),
  );
}

/** A metric's charts side by side, under its name and its main numbers. */
function card(distribution: Distribution): HTMLElement {
  const { metric, count, mean, max, quantiles } = distribution;
  const { name, short, of } = METRIC_NAMES[metric];
  const facts = [
    ...quantiles.map(({ percent, value }) => `p${percent} ${formatMilliseconds(value)}`),
    `mean ${formatMilliseconds(mean)}`,
    `max ${formatMilliseconds(max)}`,
    `${formatNumber(count)} ${count === 1 ? of.slice(0, -1) : of}`,
  ];
  return element(
    'article',
    { class: 'card' },
    element('h3', {}, short === name ? name : `${name} (${short})`),
    element('p', { class: 'facts' }, facts.join('  ·  ')),
    element('div', { class: 'pair' }, ...OF_A_METRIC.map((chart) => figure(chart(distribution)))),
  );
}

function certainty({ rows, lines }: NonNullable<RunReportData['statistics']>): HTMLElement {
  return section(
    'certainty',
    'How sure the numbers are',
    table('intervals', ['Metric', 'Value', '95 % interval', 'Steady state'], rows),
    ...lines.map(hint),
  );
}

/** The requests that a reader looks at one by one. */
function requests({ requests: { slowest, failed, failed_total } }: RunReportData): HTMLElement | null {
  if (slowest.length + failed.length === 0) return null;
  const number = (value: number | null): Cell => ({ value, format: formatNumber });
  const time = (value: number | null): Cell => ({ value, format: formatMilliseconds });
  const first = failed.length < failed_total ? `The first ${failed.length} of ${formatNumber(failed_total)}` : 'All';
  const parts = [
    ...(slowest.length === 0
      ? []
      : [
          element('h3', {}, slowest.length === 1 ? 'The slowest request' : `The ${slowest.length} slowest requests`),
          table(
            'slowest',
            ['Request', 'Started at', 'TTFT', 'TPOT', 'Latency', 'Input tokens', 'Output tokens'],
            slowest.map(({ index, start_ms, ttft_ms, tpot_ms, latency_ms, input_tokens, output_tokens }) => [
              { value: index, format: String },
              ...[start_ms, ttft_ms, tpot_ms, latency_ms].map(time),
              ...[input_tokens, output_tokens].map(number),
            ]),
            { sortable: true, textColumns: [] },
          ),
        ]),
    ...(failed.length === 0
      ? []
      : [
          element('h3', {}, `${first} failed requests`),
          table(
            'failed',
            ['Request', 'Started at', 'Lasted', 'Kind', 'Status', 'Detail'],
            failed.map(({ index, start_ms, lasted_ms, kind, status, detail }) => [
              { value: index, format: String },
              ...[start_ms, lasted_ms].map(time),
              kind,
              { value: status, format: (value) => `${value ?? NO_VALUE}` },
              element('code', {}, detail),
            ]),
            { sortable: true, textColumns: [3, 5] },
          ),
        ]),
  ];
  return section('requests', 'Slow and failed requests', hint('A click on a header sorts by it.'), ...parts);
}

function client(data: RunReportData): HTMLElement {
  const { summary, validity } = data;
  const measured = summary.client_lag_p99_ms !== null;
  return section(
    'client',
    'Client and validity',
    element('p', {}, verdictBadge(validity.verdict), ' ', describeVerdict(validity.verdict)),
    list(validity.reasons),
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
    figures('one', [clientLag(data)]),
  );
}

function describeVerdict(verdict: string): string {
  if (verdict === 'VALID') return 'Nothing points to the client having been the bottleneck.';
  if (verdict === 'NOT JUDGED') return 'Too little was measured to tell how the client fared.';
  if (verdict === 'NO RUN') return 'No request was sent.';
  if (verdict === 'SUSPECT') return 'Look at the reasons before you rely on the numbers.';
  return 'The numbers say more about the client than about the service.';
}
