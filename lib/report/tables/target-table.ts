import { escapeText } from '../../shared/escape-text.ts';
import { hostOf } from '../../shared/host-of.ts';
import { type RunSummary, successRatio } from '../../stats/run-summary.ts';
import type { TargetRow } from '../../stats/target-rows.ts';
import { type Column, fixed, percent, renderColumnTable } from './column-table.ts';

/** What went to each of several models, or URLs, with everything in it as it is shown. */
interface TargetTable {
  readonly title: string;
  readonly columns: readonly Column<TargetRow>[];
  readonly rows: readonly TargetRow[];
}

const COUNTS: readonly Column<TargetRow>[] = [
  { header: ['Requests', ''], cell: ({ requests }) => String(requests) },
  { header: ['Success', ''], cell: (row) => percent(successOf(row)) },
];

const TIMES: readonly Column<TargetRow>[] = [
  { header: ['TTFT', 'ms'], cell: ({ ttft_avg_ms }) => fixed(ttft_avg_ms, 1) },
  { header: ['p99', 'ms'], cell: ({ ttft_p99_ms }) => fixed(ttft_p99_ms, 1) },
  { header: ['TPOT', 'ms'], cell: ({ tpot_avg_ms }) => fixed(tpot_avg_ms, 2) },
];

/** In place of the others where no answer has a first token: without streaming, and of embeddings. */
const LATENCY: readonly Column<TargetRow>[] = [
  { header: ['Latency', 'ms'], cell: ({ latency_avg_ms }) => fixed(latency_avg_ms, 1) },
];

const TOKENS: readonly Column<TargetRow>[] = [
  { header: ['Output', 'tokens/s'], cell: ({ output_tokens_per_s }) => fixed(output_tokens_per_s, 1) },
];

/** One table each for models and URLs; none where all requests went to one. */
export function listTargetTables({ by_model, by_url }: Pick<RunSummary, 'by_model' | 'by_url'>): TargetTable[] {
  const tables = [
    { title: 'By model', word: 'Model', rows: by_model, nameOf: (name: string) => name },
    { title: 'By URL', word: 'URL', rows: by_url, nameOf: nameUrls(by_url) },
  ];
  return tables
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, word, rows, nameOf }) => {
      const cell = ({ name }: TargetRow): string => (name === null ? 'no record' : nameOf(name));
      const times = rows.some(({ ttft_avg_ms }) => ttft_avg_ms !== null) ? TIMES : LATENCY;
      return { title, rows, columns: [{ header: [word, ''], cell }, ...COUNTS, ...times, ...TOKENS] };
    });
}

/** As text; nothing where all requests went to one. */
export function describeTargets(summary: RunSummary, columns?: number): string[] {
  return listTargetTables(summary).flatMap(({ title, columns: [names, ...others], rows }) => {
    const shown = { ...(names as Column<TargetRow>), cell: (row: TargetRow) => escapeText(names?.cell(row) ?? '') };
    return [`${title}: `, renderColumnTable([shown, ...others], rows, columns), ''];
  });
}

/** `host:port` alone where that tells all of them apart. */
function nameUrls(rows: readonly TargetRow[]): (url: string) => string {
  const hosts = new Set(rows.map(({ name }) => (name === null ? null : hostOf(name))));
  return hosts.size === rows.length ? hostOf : (url) => url;
}

function successOf({ requests, completed, cancelled }: TargetRow): number | null {
  return successRatio({ total_requests: requests, completed_requests: completed, cancelled_requests: cancelled });
}
