import type { Metric, Submetric } from '../metrics/metric.ts';
import { sortedJson, type TagSet } from '../metrics/tag-set.ts';
import { formatDuration } from '../settings/duration.ts';
import type { Threshold } from '../thresholds/thresholds.ts';

/** The line that introduces a metric in `--out json`, without line end. */
export function formatMetricLine(metric: Metric): string {
  const thresholds = metric.thresholds.map(formatThreshold).join(',');
  const submetrics =
    metric.submetrics.length === 0
      ? 'null'
      : `[${metric.submetrics.map((part) => formatSubmetric(metric, part)).join(',')}]`;
  const name = JSON.stringify(metric.name);
  return (
    `{"type":"Metric","data":{"name":${name},"type":"${metric.type}","contains":"${metric.contains}",` +
    `"thresholds":[${thresholds}],"submetrics":${submetrics}},"metric":${name}}`
  );
}

function formatThreshold({ source, abortOnFail, delayAbortEval }: Threshold): string {
  if (!abortOnFail) return JSON.stringify(source);
  const delay = delayAbortEval === null ? null : formatDuration(delayAbortEval);
  return JSON.stringify({ threshold: source, abortOnFail, delayAbortEval: delay });
}

function formatSubmetric(parent: Metric, { suffix, tags }: Submetric): string {
  const name = JSON.stringify(`${parent.name}{${suffix}}`);
  return `{"name":${name},"suffix":${JSON.stringify(suffix)},"tags":${sortedJson(tags)}}`;
}

/** One sample. */
export interface Point {
  readonly metric: Metric;
  /** On the engine's clock. */
  readonly time: number;
  readonly value: number;
  readonly tags: TagSet;
  readonly metadata: Readonly<Record<string, string>> | null;
}

/**
 * Writes samples as lines, line ends included. Samples of one metric with the same tags come in rows, so what is the same
 * in them is put together once.
 */
export function createPointFormatter(formatTime: (reading: number) => string): (point: Point) => string {
  let metric: Metric | null = null;
  let tags: TagSet | null = null;
  let start = '';
  let end = '';
  return (point) => {
    if (point.metric !== metric) {
      metric = point.metric;
      start = `{"metric":${JSON.stringify(metric.name)},"type":"Point","data":{"time":"`;
    }
    if (point.tags !== tags) {
      tags = point.tags;
      end = `,"tags":${tags.toJson()}`;
    }
    const extra = point.metadata === null ? '' : `,"metadata":${sortedJson(point.metadata)}`;
    return `${start}${formatTime(point.time)}","value":${point.value}${end}${extra}}}\n`;
  };
}

const ZERO = '0'.charCodeAt(0);

/**
 * Writes clock readings as RFC 3339 in UTC with nanosecond digits (`2026-01-02T03:04:05.000678901Z`), trailing zeros
 * cut as Go does. The text of a second is made once.
 *
 * @param epochOffset milliseconds since 1970 at clock reading 0
 */
export function createTimeFormatter(epochOffset: number): (reading: number) => string {
  let second = -1;
  let prefix = '';
  return (reading) => {
    const time = epochOffset + reading;
    const whole = Math.floor(time / 1000);
    if (whole !== second) {
      second = whole;
      prefix = new Date(whole * 1000).toISOString().slice(0, 19);
    }
    // Doubles of today's epoch milliseconds resolve about 0.2 microseconds.
    const micros = Math.min(Math.floor((time - whole * 1000) * 1000), 999_999);
    if (micros === 0) return `${prefix}Z`;
    const digits = String(1_000_000 + micros);
    let length = digits.length;
    while (digits.charCodeAt(length - 1) === ZERO) length -= 1;
    return `${prefix}.${digits.slice(1, length)}Z`;
  };
}
