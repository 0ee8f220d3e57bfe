import type { Metric, MetricType, ValueType } from './metric.ts';
import type { MetricRegistry } from './registry.ts';

/** The metrics that k6 has from the start, as far as the engine measures them. */
const BUILTIN = {
  vus: ['gauge', 'default'],
  vus_max: ['gauge', 'default'],
  iterations: ['counter', 'default'],
  iteration_duration: ['trend', 'time'],
  dropped_iterations: ['counter', 'default'],
  checks: ['rate', 'default'],
  group_duration: ['trend', 'time'],
  http_reqs: ['counter', 'default'],
  http_req_failed: ['rate', 'default'],
  http_req_duration: ['trend', 'time'],
  http_req_blocked: ['trend', 'time'],
  http_req_connecting: ['trend', 'time'],
  http_req_tls_handshaking: ['trend', 'time'],
  http_req_sending: ['trend', 'time'],
  http_req_waiting: ['trend', 'time'],
  http_req_receiving: ['trend', 'time'],
  data_sent: ['counter', 'data'],
  data_received: ['counter', 'data'],
} as const satisfies Readonly<Record<string, readonly [MetricType, ValueType]>>;

export type BuiltinMetrics = Readonly<Record<keyof typeof BUILTIN, Metric>>;

export function createBuiltinMetrics(registry: MetricRegistry): BuiltinMetrics {
  const metrics = Object.entries(BUILTIN).map(([name, [type, contains]]) => [
    name,
    registry.create(name, type, contains),
  ]);
  return Object.fromEntries(metrics) as BuiltinMetrics;
}
