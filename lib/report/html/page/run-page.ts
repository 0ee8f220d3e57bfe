import { formatCount } from '../../../shared/format-count.ts';
import { NO_VALUE } from '../../../shared/format-digits.ts';
import {
  HEADLINE_STATISTICS,
  type HeadlineMetric,
  headlineValue,
  type PercentileMethod,
  successRatio,
} from '../../../stats/run-summary.ts';
import { describeLoad } from '../../text/describe-load.ts';
import { formatMeasured, formatMilliseconds, formatNumber, formatShare } from '../format-value.ts';
import { HEADLINE_NAMES } from '../headline-names.ts';
import type { Distribution, RunReportData, ServerOverTime } from '../report-data.ts';
import { cumulativeShare, goodRequests, goodTokens, longestPause } from './charts/cumulative-share.ts';
import { fluidity } from './charts/fluidity.ts';
import { histogram } from './charts/histogram.ts';
import { itlPosition } from './charts/itl-position.ts';
import { arrivals, clientLag, queueing, throughput, tokenRate, underWay } from './charts/over-time.ts';
import { serverCache, serverRequests } from './charts/server.ts';
import { timelines } from './charts/timeline.ts';
import { ttftInput } from './charts/ttft-input.ts';
import { ttftTurn } from './charts/ttft-turn.ts';
import { closingSections, formatStart, layOutPage, tile, verdictBadge } from './common.ts';
import { conditions, conditionsBadge, describeCrossed } from './conditions.ts';
import { element, hint, list, section, table } from './dom.ts';
import { type Chart, figure, figures } from './figure.ts';
import { requestTables } from './request-tables.ts';

/** The charts of the page, a row each. */
const OVER_TIME: readonly ((data: RunReportData) => Chart)[] = [throughput, underWay, tokenRate];
const OF_OPEN_LOOP: typeof OVER_TIME = [arrivals, queueing];
const SERVER = [serverRequests, serverCache];
const PERCENTILE_COLUMNS = [
  ['TTFT (ms)', 'ttft_ms'],
  ['TPOT (ms)', 'tpot_ms'],
  ['Latency (ms)', 'latency_ms'],
  ['Input tokens', 'input_tokens'],
  ['Output tokens', 'output_tokens'],
  ['Output tokens/s', 'output_tokens_per_s'],
] as const;
const INSIDE_A_REQUEST = [fluidity, longestPause, itlPosition, ttftInput];
const OF_A_METRIC = [histogram, cumulativeShare];
const OF_A_LIMIT = [goodRequests, goodTokens];

/** The page of one run, from its main numbers to its configuration. */
export function runPage(data: RunReportData): Node[] {
  const { args, summary, validity, thresholds } = data;
  const draw = (charts: typeof OVER_TIME): Chart[] => charts.map((chart) => chart(data));
  const timeline = timelines(data.timeline);
  const sections = [
    overview(data),
    thresholds.length === 0 ? null : conditions(thresholds),
    data.failures.length === 0 ? null : failures(data),
    distributions(data),
    data.goodput.length === 0 ? null : goodput(data.goodput),
    data.statistics === null ? null : certainty(data.statistics),
    section(
      'time',
      'Over time',
      figures(timeline.length === 1 ? 'one' : 'two', timeline),
      figures('one', draw(data.summary.open_loop === null ? OVER_TIME : [...OF_OPEN_LOOP, ...OVER_TIME])),
    ),
    ...data.tables.map(({ title, headers, rows, line }, place) =>
      section(
        `table-${place}`,
        title,
        table(`table-${place}`, headers, rows),
        ...(line === undefined ? [] : [hint(line)]),
      ),
    ),
    summary.conversations === null ? null : section('turns', 'Conversations', figures('one', draw([ttftTurn]))),
    data.server === null ? null : server(data.server, draw(SERVER)),
    section('stream', 'Inside a request', figures('two', draw(INSIDE_A_REQUEST))),
    requestTables(data.requests),
    client(data),
    ...closingSections(data),
  ];
  return layOutPage({
    kind: 'LLM load test',
    title: data.model === '' ? 'no requests' : data.model,
    badges: [verdictBadge(validity.verdict), ...conditionsBadge(thresholds)],
    facts: [args['url'], args['dataset'], ...describeLoad(summary, args['rate']), formatStart(data.started_at)],
    reasons: [...validity.reasons.map((reason) => `${validity.verdict}: ${reason}`), ...describeCrossed(thresholds)],
    sections,
  });
}

function overview({ summary }: RunReportData): HTMLElement {
  const timeTile = (metric: HeadlineMetric): HTMLElement => {
    const [mean, p50, p99] = HEADLINE_STATISTICS.map((of) => formatMilliseconds(headlineValue(summary, metric, of)));
    return tile(HEADLINE_NAMES[metric].name, mean as string, `p50 ${p50}, p99 ${p99}`);
  };
  const { completed_requests, total_requests, failed_requests, cancelled_requests } = summary;
  const cancelled = cancelled_requests === 0 ? '' : `, ${formatNumber(cancelled_requests)} cancelled`;
  const success = successRatio(summary);
  return section(
    'overview',
    'Overview',
    element(
      'div',
      { class: 'tiles' },
      summary.inputs === null
        ? tile(
            'Output tokens per second',
            formatNumber(summary.output_tokens_per_s),
            `${formatNumber(summary.output_tokens_total)} tokens`,
          )
        : tile(
            'Inputs per second',
            formatNumber(summary.inputs.inputs_per_s),
            `${formatNumber(summary.inputs.inputs_total)} inputs, ${formatNumber(summary.inputs.input_tokens_per_s)} tokens/s`,
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
      ...(summary.inputs === null ? (['ttft', 'tpot', 'itl'] as const) : []).map(timeTile),
      timeTile('latency'),
      ...cancelledTiles(summary),
      tile(
        'Tokens per request',
        formatNumber(summary.inputs === null ? summary.output_tokens_avg : summary.input_tokens_avg),
        summary.inputs === null ? `output; input ${formatNumber(summary.input_tokens_avg)}` : 'input',
      ),
    ),
    hint('Times in large type are means over completed requests.'),
  );
}

/** What users who left had of it; no tile where nobody left. */
function cancelledTiles({ cancelled, cancelled_requests }: RunReportData['summary']): HTMLElement[] {
  if (cancelled === null) return [];
  const { output_tokens, ttft_avg_ms } = cancelled;
  const had = `${formatNumber(output_tokens)} output tokens, TTFT ${formatMilliseconds(ttft_avg_ms)}, in no other number`;
  return [tile('Cancelled requests', formatNumber(cancelled_requests), had)];
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
        formatShare(count / (summary.completed_requests + summary.failed_requests)),
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
  const columns = PERCENTILE_COLUMNS.filter(([, name]) => summary.inputs === null || /^(latency|input)/.test(name));
  return section(
    'distributions',
    'Distributions',
    all.length === 0
      ? figure({ id: 'distributions', title: 'Distributions', missing: 'No request was completed.' })
      : element('div', { class: 'cards' }, ...all.map(card)),
    element('h3', {}, 'Percentiles'),
    table(
      'percentiles',
      ['Percentile', ...columns.map(([title]) => title)],
      summary.percentiles.map((row) => [
        `${row.percentile} %`,
        ...columns.map(([, name]) => (name.endsWith('_ms') ? formatMeasured : formatNumber)(row[name])),
      ]),
    ),
    hint(`${method}; each column is sorted on its own.${few}`),
  );
}

/** A metric's charts side by side, under its name and its main numbers. */
function card(distribution: Distribution): HTMLElement {
  const { metric, count, mean, max, quantiles } = distribution;
  const { name, short, of } = HEADLINE_NAMES[metric];
  const facts = [
    ...quantiles.map(({ percent, value }) => `p${percent} ${formatMilliseconds(value)}`),
    `mean ${formatMilliseconds(mean)}`,
    `max ${formatMilliseconds(max)}`,
    formatCount(count, of.slice(0, -1), of, formatNumber),
  ];
  return element(
    'article',
    { class: 'card' },
    element('h3', {}, short === name ? name : `${name} (${short})`),
    element('p', { class: 'facts' }, facts.join('  ·  ')),
    element('div', { class: 'pair' }, ...OF_A_METRIC.map((chart) => figure(chart(distribution)))),
  );
}

function goodput(lines: RunReportData['goodput']): HTMLElement {
  return section(
    'goodput',
    'Goodput over the limit',
    figures(
      'two',
      lines.flatMap((metric) => OF_A_LIMIT.map((chart) => chart(metric))),
    ),
    hint('Of all requests that were sent and not cancelled on purpose. A failed request meets no limit.'),
  );
}

function server({ rows }: ServerOverTime, charts: readonly Chart[]): HTMLElement {
  return section(
    'server',
    'The server',
    figures('one', charts),
    table('server-rows', ['What its metrics say', 'Over the run'], rows, [0, 1]),
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
        summary.late_p99_ms === null ? 'closed loop: no schedule' : 'after schedule, less the wait for a free place',
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
