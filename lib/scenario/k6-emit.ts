import type exec from 'k6/execution';
import type { Metric } from 'k6/metrics';
import type { RequestRecord } from '../measure/request-record.ts';
import { listEmitted } from '../metrics/emitted.ts';
import { isOf } from '../metrics/metric.ts';
import { formatLine } from '../records/record-line.ts';
import { addSample, type K6Metrics } from './k6-metrics.ts';
import type { Sink } from './k6-write-line.ts';

/**
 * Adds one request to the metrics, and writes its record, before the request counts in any of them: as a line of the console, or into
 * the metadata of one sample, from where `--out json` writes it; null: nowhere.
 */
export type Emitter = (record: RequestRecord, vu: typeof exec.vu, sink: Sink | null) => void;

/**
 * Makes the emitter of a VU: it walks the tables of metrics, which a VU makes with its first request that finished.
 *
 * A warm-up request is one sample of a metric of its own, which no table and no threshold of ours reads; a probe has its own. Tags are set once
 * on the VU and taken off again, which costs less than tags on every sample.
 */
export function createEmitter(metrics: K6Metrics): Emitter {
  let emit: ((record: RequestRecord, metadata: Record<string, unknown>) => void) | null = null;
  return (record, { metrics: { tags, metadata } }, sink) => {
    if (sink === 'console') console.log(formatLine('record', record));
    else if (sink === 'samples') metadata['record'] = JSON.stringify(record);
    if (record.warmup === true) {
      addSample(metrics, 'llm_warmup_requests', 1);
      delete metadata['record'];
      return;
    }
    if (record.probe === true) {
      emitProbe(metrics, record);
      delete metadata['record'];
      return;
    }
    tags['outcome'] = record.outcome;
    tags['status'] = String(record.status ?? 0);
    emit ??= createTableEmitter(metrics);
    emit(record, metadata);
    delete tags['outcome'];
    delete tags['status'];
  };
}

/** The light user beside the load has metrics of its own. */
function emitProbe(metrics: K6Metrics, record: RequestRecord): void {
  const { failure, ttft_ms, latency_ms } = record;
  addSample(metrics, 'llm_probe_requests', 1);
  addSample(metrics, 'llm_probe_failed', failure !== null);
  if (!isOf('timed', record)) return;
  if (ttft_ms !== null) addSample(metrics, 'llm_probe_ttft', ttft_ms);
  if (latency_ms !== null) addSample(metrics, 'llm_probe_latency', latency_ms);
}

function createTableEmitter(metrics: K6Metrics): (record: RequestRecord, metadata: Record<string, unknown>) => void {
  const emitted = listEmitted();
  const counters = groupByRequests(emitted.counters.map((row) => ({ ...row, metric: metrics[row.name] as Metric })));
  const trends = groupByRequests(
    emitted.trends.map(({ of, read, trend }) => ({ of, read, metric: metrics[trend] as Metric })),
  );
  const { pooled } = emitted;
  const itl = metrics[pooled.trend] as Metric;
  return (record, metadata) => {
    let isGone = false;
    // The record goes with the first, since a stopped run ends here or there in the middle: a request that counts as
    // finished has its record.
    for (let g = 0; g < counters.length; g++) {
      const { of, rows } = counters[g] as (typeof counters)[number];
      if (!isOf(of, record)) continue;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as (typeof rows)[number];
        const value = row.count(record);
        if (value === null) continue;
        const { metric, tag } = row;
        const text = tag === undefined ? null : tag.read(record);
        if (tag === undefined || text === null) metric.add(value);
        else metric.add(value, { [tag.name]: text });
        if (!isGone) delete metadata['record'];
        isGone = true;
      }
    }
    addSample(metrics, 'llm_first_start', record.start_ms);
    addSample(metrics, 'llm_last_end', record.end_ms);
    // A cancelled request is neither good nor bad.
    if (record.outcome !== 'cancelled') addSample(metrics, 'llm_request_failed', record.failure !== null);
    for (let g = 0; g < trends.length; g++) {
      const { of, rows } = trends[g] as (typeof trends)[number];
      if (!isOf(of, record)) continue;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as (typeof rows)[number];
        const value = row.read(record);
        if (value !== null) row.metric.add(value);
      }
    }
    if (!isOf(pooled.of, record)) return;
    const gaps = pooled.readAll(record);
    const length = gaps.length;
    for (let i = 0; i < length; i++) itl.add(gaps[i] as number);
  };
}

/** What is made of the same requests, together: which those are is asked once a request. */
function groupByRequests<Row extends { readonly of: Parameters<typeof isOf>[0] }>(
  rows: readonly Row[],
): { readonly of: Row['of']; readonly rows: readonly Row[] }[] {
  return [...new Set(rows.map(({ of }) => of))].map((of) => ({ of, rows: rows.filter((row) => row.of === of) }));
}
