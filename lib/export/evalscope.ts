import { buildCurrentPercentiles, buildCurrentSummary, namedRate, readHandOvers } from '../evalscope/release-1-14.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { hasOneChoice } from '../shared/has-one-choice.ts';
import { createRunDataBuilder } from '../stats/run-data.ts';
import { summarizeData } from '../stats/summarize-data.ts';
import type { Dialect } from './dialect.ts';

/**
 * evalscope's `benchmark_summary.json` and `benchmark_percentile.json`, as two keys of one object.
 *
 * Source: evalscope 1.14.1, `perf/utils/benchmark_util.py` and `db_util.py`. TTFT ends at the first output, latency at the
 * last data event, usage included. TPOT is `(latency - TTFT) / (tokens - 1)`, nothing below two tokens. TTFT and TPOT are
 * those of streamed requests; only where none was streamed, the latency is the TTFT. ITL are the gaps between chunks,
 * pooled. The test lasts from the first start to the last end of any request. Percentiles are the nearest rank.
 */
export function createEvalscopeDialect(): Dialect {
  const streamed = createRunDataBuilder();
  /** With TTFTs of whole answers, until the first streamed request. */
  const whole = createRunDataBuilder();
  let streams = false;
  return {
    add(record) {
      if (record.outcome === 'cancelled') return;
      streams ||= record.stream;
      streamed.add(redefine(record, record.first_output_ms));
      if (!streams) whole.add(redefine(record, record.latency_ms));
    },
    build({ args, concurrency, unfinishedRequests }) {
      const run = (streams ? streamed : whole).build(unfinishedRequests);
      const summary = summarizeData(run, { concurrency, expectedRequests: null, percentileRule: 'nearest-rank' });
      const handOvers = readHandOvers(run, args);
      return {
        benchmark_summary: buildCurrentSummary(run, summary, namedRate(args), handOvers),
        benchmark_percentile: buildCurrentPercentiles(run, summary, handOvers),
      };
    },
  };
}

/** A record with evalscope's TPOT and end in place of ours, and a TTFT of its choice. */
function redefine(record: RequestRecord, ttft: number | null): RequestRecord {
  const { start_ms, latency_ms: latency, output_tokens: tokens } = record;
  const hasPace = latency !== null && ttft !== null && tokens !== null && tokens > 1;
  return {
    ...record,
    ttft_ms: ttft,
    // It looks at all chunks in their order, which no record of several choices holds.
    chunk_gaps_ms: hasOneChoice(record) ? record.chunk_gaps_ms : [],
    tpot_ms: hasPace ? (latency - ttft) / (tokens - 1) : null,
    end_ms: record.outcome === 'completed' && latency !== null ? start_ms + latency : record.end_ms,
  };
}
