import type { Metric, Submetric } from '../metrics/metric.ts';
import { sortedJson } from '../metrics/tag-set.ts';
import { formatDuration } from '../settings/duration.ts';
import type { Threshold } from '../thresholds/threshold.ts';

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

function formatThreshold({ setting }: Threshold): string {
  if (!setting.abortOnFail) return JSON.stringify(setting.source);
  const delay = setting.delayAbortEval === null ? null : formatDuration(setting.delayAbortEval);
  return JSON.stringify({ threshold: setting.source, abortOnFail: true, delayAbortEval: delay });
}

function formatSubmetric(parent: Metric, { suffix, tags }: Submetric): string {
  const name = JSON.stringify(`${parent.name}{${suffix}}`);
  return `{"name":${name},"suffix":${JSON.stringify(suffix)},"tags":${sortedJson(tags)}}`;
}

/**
 * The line of a sample, without line end.
 *
 * @param name JSON text of the metric's name
 * @param tags JSON text of the tags
 */
export function formatPointLine(
  name: string,
  time: string,
  value: number,
  tags: string,
  metadata: Readonly<Record<string, string>> | null,
): string {
  const extra = metadata === null ? '' : `,"metadata":${sortedJson(metadata)}`;
  return `{"metric":${name},"type":"Point","data":{"time":"${time}","value":${value},"tags":${tags}${extra}}}`;
}

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
    return `${prefix}.${String(micros).padStart(6, '0').replace(/0+$/, '')}Z`;
  };
}
