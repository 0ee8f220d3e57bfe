import { toSeconds } from '../shared/units.ts';
import { HEADLINE_STATISTICS, headlineValue, type RunSummary, successRatio } from '../stats/run-summary.ts';

/** A number of a run that goes elsewhere, in Prometheus's base units. */
export interface HeadlineNumber {
  /** Without a prefix, with its unit: `ttft_seconds`. */
  readonly name: string;
  /** As OTLP wants it (UCUM). */
  readonly unit: 's' | '1' | '{request}' | '{request}/s' | '{token}/s';
  readonly help: string;
  /** `mean`, `p99`; null for a number that a run has one of. */
  readonly statistic: string | null;
  readonly value: number;
}

/** What tells runs apart; null: none. */
interface RunLabels {
  readonly run_id: string | null;
  /** Of several runs: `parallel 8`, `run 2`. */
  readonly point: string | null;
  readonly model: string;
  readonly dataset: string;
  readonly engine: string;
}

/** A run as it is sent. */
export interface PushedRun {
  readonly labels: RunLabels;
  readonly numbers: readonly HeadlineNumber[];
  readonly endedAt: Date;
}

const TIMES = [
  ['ttft', 'Time to first token'],
  ['tpot', 'Time per output token'],
  ['latency', 'From just before the request is sent to the end of its answer'],
] as const;

/** The numbers that a run is known by; what was not measured is left out. @param crossed thresholds and gates */
export function listHeadlineNumbers(summary: RunSummary, verdict: string, crossed: number): HeadlineNumber[] {
  const times = TIMES.flatMap(([metric, help]) =>
    HEADLINE_STATISTICS.map((statistic) => ({
      ...{ name: `${metric}_seconds`, unit: 's' as const, help, statistic },
      value: toSeconds(headlineValue(summary, metric, statistic)),
    })),
  );
  const plain = (name: string, unit: HeadlineNumber['unit'], help: string, value: number | null) => ({
    ...{ name, unit, help, statistic: null, value },
  });
  return [
    ...times,
    plain('output_tokens_per_second', '{token}/s', 'Output tokens per second', summary.output_tokens_per_s),
    plain('requests_per_second', '{request}/s', 'Completed requests per second', summary.requests_per_s),
    plain('success_ratio', '1', 'Completed requests / all that were sent and not cancelled', successRatio(summary)),
    plain('requests', '{request}', 'Requests that were sent', summary.total_requests),
    plain('failed_requests', '{request}', 'Requests that failed', summary.failed_requests),
    plain('valid', '1', '1 where the measurement is VALID, else 0', verdict === 'VALID' ? 1 : 0),
    plain('crossed_conditions', '1', 'Thresholds and gates that were crossed', crossed),
  ].flatMap(({ value, ...rest }) => (value === null || !Number.isFinite(value) ? [] : [{ ...rest, value }]));
}
