import type { PushedRun } from './headline-numbers.ts';

/** One metric of OTLP; points differ by `statistic`. */
interface OtlpMetric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly gauge: { readonly dataPoints: object[] };
}

/** A run as the body of OTLP/HTTP's JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export function formatOtlp({ labels, numbers, endedAt }: PushedRun): string {
  const metrics = new Map<string, OtlpMetric>();
  for (const { name, unit, help, statistic, value } of numbers) {
    const metric = metrics.get(name) ?? {
      // The unit is a field of its own.
      name: `k6_llm_perf.${name.replace(/_seconds$/, '')}`,
      ...{ unit, description: help, gauge: { dataPoints: [] } },
    };
    metrics.set(name, metric);
    metric.gauge.dataPoints.push({
      attributes: listAttributes({ ...labels, statistic }),
      timeUnixNano: `${endedAt.getTime()}000000`,
      asDouble: value,
    });
  }
  return JSON.stringify({
    resourceMetrics: [
      {
        resource: { attributes: listAttributes({ 'service.name': 'k6-llm-perf' }) },
        scopeMetrics: [{ scope: { name: 'k6-llm-perf' }, metrics: [...metrics.values()] }],
      },
    ],
  });
}

/** The endpoint of metrics below a collector's base; a URL with a path of its own is kept as it is. */
export function placeOtlp(url: string): string {
  const place = new URL(url);
  if (place.pathname === '/') place.pathname = '/v1/metrics';
  return place.href;
}

function listAttributes(labels: Readonly<Record<string, string | null>>): object[] {
  return Object.entries(labels).flatMap(([key, text]) =>
    text === null ? [] : [{ key, value: { stringValue: text } }],
  );
}
