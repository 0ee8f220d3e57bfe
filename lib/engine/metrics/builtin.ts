import type { Metric } from './metric.ts';
import type { MetricRegistry } from './registry.ts';

/** The metrics that k6 has from the start. Those of web sockets and gRPC are made too, so that a threshold may name them. */
export interface BuiltinMetrics {
  readonly vus: Metric;
  readonly vusMax: Metric;
  readonly iterations: Metric;
  readonly iterationDuration: Metric;
  readonly droppedIterations: Metric;
  readonly checks: Metric;
  readonly groupDuration: Metric;
  readonly httpReqs: Metric;
  readonly httpReqFailed: Metric;
  readonly httpReqDuration: Metric;
  readonly httpReqBlocked: Metric;
  readonly httpReqConnecting: Metric;
  readonly httpReqTlsHandshaking: Metric;
  readonly httpReqSending: Metric;
  readonly httpReqWaiting: Metric;
  readonly httpReqReceiving: Metric;
  readonly dataSent: Metric;
  readonly dataReceived: Metric;
}

const NEVER_EMITTED = [
  ['ws_sessions', 'counter', 'default'],
  ['ws_msgs_sent', 'counter', 'default'],
  ['ws_msgs_received', 'counter', 'default'],
  ['ws_ping', 'trend', 'time'],
  ['ws_session_duration', 'trend', 'time'],
  ['ws_connecting', 'trend', 'time'],
  ['grpc_req_duration', 'trend', 'time'],
] as const;

export function createBuiltinMetrics(registry: MetricRegistry): BuiltinMetrics {
  const time = (name: string): Metric => registry.create(name, 'trend', 'time');
  for (const [name, type, contains] of NEVER_EMITTED) registry.create(name, type, contains);
  return {
    vus: registry.create('vus', 'gauge'),
    vusMax: registry.create('vus_max', 'gauge'),
    iterations: registry.create('iterations', 'counter'),
    iterationDuration: time('iteration_duration'),
    droppedIterations: registry.create('dropped_iterations', 'counter'),
    checks: registry.create('checks', 'rate'),
    groupDuration: time('group_duration'),
    httpReqs: registry.create('http_reqs', 'counter'),
    httpReqFailed: registry.create('http_req_failed', 'rate'),
    httpReqDuration: time('http_req_duration'),
    httpReqBlocked: time('http_req_blocked'),
    httpReqConnecting: time('http_req_connecting'),
    httpReqTlsHandshaking: time('http_req_tls_handshaking'),
    httpReqSending: time('http_req_sending'),
    httpReqWaiting: time('http_req_waiting'),
    httpReqReceiving: time('http_req_receiving'),
    dataSent: registry.create('data_sent', 'counter', 'data'),
    dataReceived: registry.create('data_received', 'counter', 'data'),
  };
}
