import { formatCount } from '../../../shared/format-count.ts';
import { NO_VALUE } from '../../../shared/format-digits.ts';
import { formatMilliseconds, formatNumber } from '../format-value.ts';
import type { FailedRequest, RequestList, SlowRequest } from '../report-data.ts';
import { type Column, element, hint, number, section, sortableTable } from './dom.ts';

const INDEX: Column<{ readonly index: number }> = { header: 'Request', cell: ({ index }) => number(index, String) };

const SLOW: readonly Column<SlowRequest>[] = [
  INDEX,
  { header: 'Started at', cell: ({ start_ms }) => number(start_ms, formatMilliseconds) },
  { header: 'TTFT', cell: ({ ttft_ms }) => number(ttft_ms, formatMilliseconds) },
  { header: 'TPOT', cell: ({ tpot_ms }) => number(tpot_ms, formatMilliseconds) },
  { header: 'Latency', cell: ({ latency_ms }) => number(latency_ms, formatMilliseconds) },
  { header: 'Input tokens', cell: ({ input_tokens }) => number(input_tokens) },
  { header: 'Output tokens', cell: ({ output_tokens }) => number(output_tokens) },
];

const FAILED: readonly Column<FailedRequest>[] = [
  INDEX,
  { header: 'Started at', cell: ({ start_ms }) => number(start_ms, formatMilliseconds) },
  { header: 'Lasted', cell: ({ lasted_ms }) => number(lasted_ms, formatMilliseconds) },
  { header: 'Kind', cell: ({ kind }) => kind, isText: true },
  { header: 'Status', cell: ({ status }) => number(status, (value) => `${value ?? NO_VALUE}`) },
  { header: 'Detail', cell: ({ detail }) => element('code', {}, detail), isText: true },
];

/** The requests that a reader looks at one by one. */
export function requestTables({ slowest, failed, failed_total }: RequestList): HTMLElement | null {
  if (slowest.length + failed.length === 0) return null;
  const all =
    failed.length < failed_total
      ? `The first ${failed.length} of ${formatCount(failed_total, 'failed request', undefined, formatNumber)}`
      : failed_total === 1
        ? 'The failed request'
        : 'All failed requests';
  const isOne = slowest.length === 1;
  return section(
    'requests',
    'Slow and failed requests',
    hint('Click a header to sort by it.'),
    slowest.length === 0
      ? null
      : element('h3', {}, isOne ? 'The slowest request' : `The ${slowest.length} slowest requests`),
    slowest.length === 0 ? null : sortableTable('slowest', SLOW, slowest),
    failed.length === 0 ? null : element('h3', {}, all),
    failed.length === 0 ? null : sortableTable('failed', FAILED, failed),
  );
}
