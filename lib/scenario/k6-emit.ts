import type exec from 'k6/execution';
import type { RequestRecord } from '../measure/request-record.ts';
import { computeAfterOutput } from '../metrics/after-output.ts';
import { formatRecord } from '../records/format-record.ts';
import { COALESCED_BELOW_MS } from '../shared/units.ts';
import { tagOfReason } from '../stats/answer-tally.ts';
import * as metrics from './k6-metrics.ts';

/**
 * Adds one request to the metrics, and its record to one sample's metadata, from where `--out json` writes it.
 *
 * Latencies and tokens are those of completed requests only. A warm-up request is one sample of a metric of its own, which
 * no table and no threshold of ours reads. Tags are set once on the VU and taken off again, which
 * costs less than tags on every sample.
 */
export function emitRecord(record: RequestRecord, vu: typeof exec.vu, withRecord: boolean): void {
  const { tags, metadata } = vu.metrics;
  if (record.warmup === true) {
    if (withRecord) metadata['record'] = formatRecord(record);
    metrics.warmups.add(1);
    delete metadata['record'];
    return;
  }
  tags['outcome'] = record.outcome;
  tags['status'] = String(record.status ?? 0);
  // First, since a stopped run ends here or there in the middle: a request that counts as finished has its record.
  if (withRecord) metadata['record'] = formatRecord(record);
  if (record.finish_reason === null) metrics.requests.add(1);
  else metrics.requests.add(1, { finish_reason: tagOfReason(record.finish_reason) });
  delete metadata['record'];
  metrics.firstStart.add(record.start_ms);
  metrics.lastEnd.add(record.end_ms);
  if (record.client_lag_ms !== undefined) metrics.clientLag.add(record.client_lag_ms);
  if (record.late_ms !== null) metrics.late.add(record.late_ms);
  if (record.clock_steps !== undefined) metrics.clockSteps.add(1);
  emitOutcome(record);
  delete tags['outcome'];
  delete tags['status'];
}

/** A cancelled request is neither good nor bad. */
function emitOutcome(record: RequestRecord): void {
  const { failure } = record;
  if (record.outcome === 'cancelled') {
    metrics.cancelled.add(1);
    return;
  }
  metrics.failedRate.add(failure !== null);
  if (failure !== null) {
    metrics.failed.add(1, { kind: failure.kind });
  } else {
    metrics.completed.add(1, { token_source: record.token_source ?? 'none' });
    emitMeasurements(record);
  }
}

/** Writes the configuration beside the samples, so that a report needs nothing but the file. */
export function emitRun(args: Readonly<Record<string, unknown>>, vu: typeof exec.vu): void {
  const { metadata } = vu.metrics;
  metadata['args'] = JSON.stringify(args);
  metrics.run.add(1);
  delete metadata['args'];
}

/** Writes what a failed connection test told, from where the command line takes it; the run that ends here has no records. */
export function emitConnectionFailure(lines: readonly string[], vu: typeof exec.vu): void {
  const { metadata } = vu.metrics;
  metadata['connection_test'] = JSON.stringify({ ok: false, lines });
  metrics.connectionTest.add(1);
  delete metadata['connection_test'];
}

function emitMeasurements(record: RequestRecord): void {
  const { ttft_ms, tpot_ms, latency_ms, input_tokens, output_tokens, chunks, chunk_gaps_ms } = record;
  if (input_tokens !== null) {
    metrics.inputTokens.add(input_tokens);
    metrics.inputTokensTotal.add(input_tokens);
  }
  if (output_tokens !== null) {
    metrics.outputTokens.add(output_tokens);
    metrics.outputTokensTotal.add(output_tokens);
  }
  if (record.cached_tokens !== null) metrics.cachedTokensTotal.add(record.cached_tokens);
  if (record.clock_steps !== undefined) return;
  if (ttft_ms !== null) metrics.ttft.add(ttft_ms);
  if (tpot_ms !== null) metrics.tpot.add(tpot_ms);
  if (latency_ms !== null) metrics.latency.add(latency_ms);
  const afterOutput = computeAfterOutput(record);
  if (afterOutput !== null) metrics.afterOutput.add(afterOutput);
  if (output_tokens !== null && latency_ms !== null && latency_ms > 0) {
    metrics.outputThroughput.add((output_tokens / latency_ms) * 1000);
  }
  if (chunks !== null && record.ttft_rule !== 'first-byte') metrics.chunks.add(chunks);
  // Not taken apart: for that, a bundle makes an object with a function for every metric, in every VU.
  const itl = metrics.itl;
  const count = chunk_gaps_ms.length;
  for (let i = 0; i < count; i++) itl.add(chunk_gaps_ms[i] as number);
  const coalesced = chunk_gaps_ms.filter((gap) => gap < COALESCED_BELOW_MS).length;
  if (coalesced > 0) metrics.coalescedGaps.add(coalesced);
}
