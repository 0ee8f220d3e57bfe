import { formatMilliseconds, formatNumber } from '../report/html/format-value.ts';
import { compareLoads, describeLoad } from '../report/html/point-load.ts';
import { hasFailed, listChecks, type RunVerdict } from '../report/text/check-list.ts';
import { describeDoubts } from '../report/text/describe-doubts.ts';
import { type Paint, PLAIN } from '../report/text/paint.ts';
import { VERDICT_TONES } from '../report/text/run-ending.ts';
import { escapeText } from '../shared/escape-text.ts';
import { headlineValue, successRatio, tokensPerUser } from '../stats/run-summary.ts';
import { findBestPoints } from './best-points.ts';
import type { SweepPoint } from './sweep-point.ts';
import { renderSweepTable } from './sweep-table.ts';

/**
 * What a person gets at the end of a sweep: the table of all points, the best ones, and what to be careful with.
 *
 * @param planned how many points there were to measure
 * @param columns of the terminal; absent: as wide as the table is
 * @returns lines, the last one ended
 */
export function renderSweep(points: readonly SweepPoint[], planned: number, columns?: number): string {
  if (points.length === 0) return 'Sweep results: no point was measured.\n';
  const lines = [
    'Sweep results: ',
    renderSweepTable(points, columns),
    'Per user: 1 / mean TPOT. Percentiles by --percentile-rule.',
    '',
    ...[...describeBest(points), ...describeDoubts(points)].map(escapeText),
    ...(points.length < planned ? [`Not measured: ${planned - points.length} of ${planned} points.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** One of several runs as one line: what is left of it on a terminal until the table of all of them. */
export function renderPointLine(
  name: string,
  { summary, verdict }: Pick<SweepPoint, 'summary'> & { readonly verdict: RunVerdict },
  paint: Paint = PLAIN,
): string {
  const crossed = listChecks(verdict).filter(hasFailed).length;
  const word = verdict.validity.verdict;
  const facts = [
    `${summary.completed_requests} of ${summary.total_requests} completed`,
    `${formatNumber(summary.requests_per_s)} req/s`,
    `${formatNumber(summary.output_tokens_per_s)} tok/s`,
    `TTFT p99 ${formatMilliseconds(headlineValue(summary, 'ttft', 'p99'))}`,
    ...(crossed > 0 ? [paint('bad', `${crossed} crossed`)] : []),
    paint(VERDICT_TONES[word], word),
  ];
  return `${paint('label', `${name}:`)} ${facts.join(', ')}\n`;
}

/** The best points, a line each; texts of the service are in them as they came. */
export function describeBest(points: readonly SweepPoint[]): string[] {
  const { throughput, latency } = findBestPoints(points);
  const lines: string[] = [];
  if (throughput !== null) {
    lines.push(`Best throughput: ${describeLoad(throughput)}, ${describeThroughput(throughput)}`);
  }
  if (latency !== null) {
    const [mean, p99] = (['mean', 'p99'] as const).map((of) =>
      inSeconds(headlineValue(latency.summary, 'latency', of)),
    );
    lines.push(`Best latency:    ${describeLoad(latency)}, mean ${mean}, p99 ${p99}${describeFailures(latency)}`);
  }
  return [...lines, ...describeThresholds(points), ...describeSaturated(points)];
}

function describeThroughput(point: SweepPoint): string {
  const { output_tokens_per_s, requests_per_s } = point.summary;
  const perUser = tokensPerUser(point.summary);
  const tokens = output_tokens_per_s === null ? [] : [`${output_tokens_per_s.toFixed(1)} output tok/s`];
  const user = perUser === null ? [] : [`${perUser.toFixed(1)} tok/s per user`];
  return `${[...tokens, `${requests_per_s === null ? '–' : requests_per_s.toFixed(3)} req/s`, ...user].join(', ')}${describeFailures(point)}`;
}

/** A number that is best beside failures is not what it seems. */
function describeFailures({ summary }: SweepPoint): string {
  const ratio = successRatio(summary) ?? 1;
  return ratio < 1 ? `, but ${summary.failed_requests} of ${summary.total_requests} requests failed` : '';
}

function describeThresholds(points: readonly SweepPoint[]): string[] {
  const judged = points.filter(({ meets_thresholds }) => meets_thresholds !== null);
  if (judged.length === 0) return [];
  const best = findBestPoints(points).thresholds;
  const crossed = judged.filter(({ meets_thresholds }) => meets_thresholds === false);
  const below = crossed.filter((point) => best !== null && compareLoads(point, best) < 0);
  return [
    best === null
      ? 'Conditions:      met at no load'
      : `Conditions:      met up to ${describeLoad(best)}, of the points measured`,
    ...crossed.map((point) => `  crossed at ${describeLoad(point)}: ${point.crossed.join('; ')}`),
    ...(below.length > 0 ? ['  They were crossed below that too, so the limit is not sharp: more requests tell.'] : []),
  ];
}

function describeSaturated(points: readonly SweepPoint[]): string[] {
  return points
    .filter((point) => point.over_saturated)
    .map((point) => `Over-saturated:  at ${describeLoad(point)}; requests in flight and TTFT kept rising`);
}

function inSeconds(milliseconds: number | null): string {
  return milliseconds === null ? '–' : `${(milliseconds / 1000).toFixed(3)} s`;
}
