import type { MetricUnit } from '../../lib/metrics/metric.ts';
import { REQUEST_COUNTERS } from '../../lib/metrics/request-counters.ts';
import { COMPARED_METRICS, STATISTIC_METRICS, summaryKey } from '../../lib/metrics/request-metrics.ts';
import { RUN_METRICS } from '../../lib/metrics/run-metrics.ts';
import { SAMPLE_METRICS } from '../../lib/metrics/sample-metrics.ts';
import { renderMarkdownTable } from '../../lib/shared/escape-markdown.ts';
import { percentileName, SHOWN_PERCENTILES } from '../../lib/stats/shown-statistics.ts';

/** The tables of docs/metrics.md, as the code has them. */
export function renderMetricTables(): Readonly<Record<'request-metrics' | 'run-metrics' | 'k6-metrics', string>> {
  return {
    'request-metrics': renderRequestMetrics(),
    'run-metrics': renderRunMetrics(),
    'k6-metrics': renderK6Metrics(),
  };
}

/** What docs/summary.schema.json says of a table with every compared metric in it, of which each statistic is a `value`. */
export function describeTimings(value: object): object {
  const statistics = ['mean', ...SHOWN_PERCENTILES.map(percentileName)];
  const properties = Object.fromEntries(statistics.map((statistic) => [statistic, value]));
  const metrics = COMPARED_METRICS.map(({ key, title, meaning }) => {
    const description = `${title}. ${meaning.replace(/`/g, '')}.`;
    return [key, { description, type: 'object', properties, required: statistics }];
  });
  return { properties: Object.fromEntries(metrics), required: COMPARED_METRICS.map(({ key }) => key) };
}

/** What docs/summary.schema.json says of the numbers that the table of metrics gives every summary. */
export function describeSummaryNumbers(): Readonly<Record<string, object>> {
  const words = { avg: 'mean', max: 'maximum', total: 'sum', requests: 'how many requests have it' };
  const rows = STATISTIC_METRICS.flatMap((metric) =>
    (metric.summarized ?? []).map((statistic) => {
      const word = Object.entries(words).find(([name]) => name === statistic)?.[1] ?? statistic;
      const none = metric.noneWhen === undefined ? '' : ` A request has none ${metric.noneWhen}.`;
      const description = `${metric.title}, ${word}. ${metric.meaning}.${none}`.replace(/`/g, '');
      const isCount = statistic === 'total' || statistic === 'requests';
      const value = isCount ? { type: ['integer', 'null'], minimum: 0 } : { type: ['number', 'null'] };
      return [summaryKey(metric, statistic), { description, ...value }];
    }),
  );
  return Object.fromEntries(rows);
}

const REQUESTS = { timed: 'timed', completed: 'completed', every: 'every one' } as const;

function renderRequestMetrics(): string {
  const rows = STATISTIC_METRICS.map(({ title, unit, meaning, of, noneWhen, source, name, trend, ...metric }) => {
    const parameter = 'parameter' in metric ? metric.parameter : undefined;
    const gate = parameter === undefined ? name : `${name}(${parameter.default}${parameter.unit})`;
    return [
      title,
      describeUnit(unit),
      meaning,
      REQUESTS[of],
      noneWhen ?? '–',
      gate === name ? `\`${name}\`` : `\`${name}\`, \`${gate}\``,
      trend === null ? '–' : `\`${trend}\``,
      source ?? '–',
    ];
  });
  const header = ['Metric', 'Unit', 'Definition', 'Of requests', 'No value', 'In gates', 'Trend of k6', 'From'];
  return renderMarkdownTable(header, rows);
}

function renderRunMetrics(): string {
  const rows = RUN_METRICS.map(({ name, unit, meaning, noneWhen }) => [
    `\`${name}\``,
    describeUnit(unit),
    meaning,
    noneWhen ?? '–',
  ]);
  return renderMarkdownTable(['In gates', 'Unit', 'Definition', 'No value'], rows);
}

/** Those that are not a Trend of a metric of requests. */
function renderK6Metrics(): string {
  const rows = SAMPLE_METRICS.filter(({ type }) => type !== 'trend').map(({ name, type, meaning }) => {
    const tag = REQUEST_COUNTERS.find((counter) => counter.name === name)?.tag;
    return [
      `\`${name}\``,
      `${type[0]?.toUpperCase()}${type.slice(1)}`,
      meaning,
      tag === undefined ? '–' : `\`${tag.name}\`: ${tag.values.map((value) => `\`${value}\``).join(', ')}`,
    ];
  });
  return renderMarkdownTable(['Metric', 'Type', 'What it holds', 'Tag of its own'], rows);
}

function describeUnit(unit: MetricUnit): string {
  return unit === 'share' ? 'share, 0 to 1' : unit;
}
