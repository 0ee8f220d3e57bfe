import { escapeMarkdown, formatCode, renderMarkdownTable } from '../../shared/escape-markdown.ts';
import type { FailureKind } from '../../shared/failure-kinds.ts';
import { NO_VALUE } from '../../shared/format-digits.ts';
import { toSeconds } from '../../shared/units.ts';
import { percentileOf, type RunSummary, successRatio } from '../../stats/run-summary.ts';
import { formatShare } from '../html/format-value.ts';
import { listCells, type PageTable } from '../tables/column-table.ts';
import { listTargetTables } from '../tables/target-table.ts';
import { type Check, hasFailed, listChecks, type RunVerdict } from './check-list.ts';

/** What a page that people look at after a run shows. */
export interface MarkdownContext extends RunVerdict {
  readonly model: string;
  readonly summary: RunSummary;
  /** The detail of the first failure of each kind. */
  readonly examples: ReadonlyMap<FailureKind, string>;
  /** What flags asked for. */
  readonly tables?: readonly PageTable[];
}

/** A run as Markdown, for a pull request or `$GITHUB_STEP_SUMMARY`: verdict, headline numbers, conditions, failures. */
export function renderMarkdownSummary(context: MarkdownContext): string {
  const checks = listChecks(context);
  return joinSections([
    `## Load test of ${escapeMarkdown(context.model)}${describeOutcome(context, checks)}`,
    renderHeadline(context.summary),
    renderTimes(context.summary),
    ...listTargetTables(context.summary).map(({ columns, rows }) => renderTable(listCells(columns, rows))),
    ...(context.tables ?? []).map(renderTable),
    renderValidity(context.validity),
    renderChecks(checks),
    renderFailures(context),
  ]);
}

/** A run that did not take place: what kept it from it, and which conditions nobody could judge. */
export function renderMarkdownNoRun(model: string, verdict: RunVerdict): string {
  return joinSections([
    `## Load test of ${escapeMarkdown(model)}: no run`,
    escapeMarkdown(verdict.nothing?.text ?? ''),
    renderChecks(listChecks(verdict).filter(({ state }) => state !== 'error')),
  ]);
}

function joinSections(sections: readonly string[]): string {
  return `${joinParts(sections)}\n`;
}

function joinParts(parts: readonly string[]): string {
  return parts.filter((text) => text !== '').join('\n\n');
}

/** Conditions are counted as in the last lines of a run, which have the measurement beside them. */
function describeOutcome({ nothing, validity }: RunVerdict, checks: readonly Check[]): string {
  if (nothing !== null) return nothing.state === 'no-run' ? ': no run' : ': nothing was measured';
  if (checks.length === 0) return '';
  const conditions = checks.filter(({ group }) => group !== 'measurement');
  const crossed = conditions.filter(hasFailed).length;
  if (crossed > 0) return `: ${crossed} of ${conditions.length} crossed`;
  return checks.some(hasFailed) ? `: the measurement is ${validity.verdict}` : ': passed';
}

function renderChecks(checks: readonly Check[]): string {
  const signOf = (check: Check): string => (hasFailed(check) ? '❌' : check.state === 'no-value' ? NO_VALUE : '✅');
  const rows = checks.map((check) => [signOf(check), formatCode(check.name), escapeMarkdown(check.detail ?? NO_VALUE)]);
  return rows.length === 0 ? '' : renderMarkdownTable(['', 'Condition', 'Value'], rows);
}

function renderHeadline(summary: RunSummary): string {
  const ratio = successRatio(summary);
  return renderMarkdownTable(
    ['Requests', 'Completed', 'Concurrency', 'Requests/s', 'Output tokens/s', 'Time taken'],
    [
      [
        String(summary.total_requests),
        `${summary.completed_requests} (${formatShare(ratio)})`,
        String(summary.concurrency ?? NO_VALUE),
        format(summary.requests_per_s),
        format(summary.output_tokens_per_s),
        format(toSeconds(summary.time_taken_ms), 's'),
      ],
    ],
  );
}

function renderTimes(summary: RunSummary): string {
  const rowOf = (title: string, name: 'ttft' | 'tpot' | 'latency'): string[] => [
    title,
    format(summary[`${name}_avg_ms`], 'ms'),
    ...([50, 90, 99] as const).map((percent) => format(percentileOf(summary, percent, `${name}_ms`), 'ms')),
  ];
  const itl = [summary.itl_avg_ms, summary.itl_p50_ms, null, summary.itl_p99_ms].map((value) => format(value, 'ms'));
  return renderMarkdownTable(
    ['', 'Average', 'p50', 'p90', 'p99'],
    [rowOf('TTFT', 'ttft'), rowOf('TPOT', 'tpot'), ['ITL', ...itl], rowOf('Latency', 'latency')],
  );
}

function renderTable({ title, headers, rows, line }: Partial<PageTable> & Pick<PageTable, 'headers' | 'rows'>): string {
  const table = renderMarkdownTable(
    headers,
    rows.map((cells) => cells.map(escapeMarkdown)),
  );
  return joinParts([title === undefined ? '' : `${title}:`, table, line ?? '']);
}

function renderValidity({ verdict, reasons }: RunVerdict['validity']): string {
  return [`Measurement: **${verdict}**`, ...reasons.map((reason) => `- ${escapeMarkdown(reason)}`)].join('\n');
}

function renderFailures({ summary, examples }: MarkdownContext): string {
  const rows = Object.entries(summary.failures)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => [
      formatCode(kind),
      String(count),
      escapeMarkdown((examples.get(kind as FailureKind) ?? NO_VALUE).slice(0, 200)),
    ]);
  return rows.length === 0 ? '' : renderMarkdownTable(['Failure', 'Requests', 'First one'], rows);
}

function format(value: number | null, unit = ''): string {
  if (value === null) return NO_VALUE;
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return unit === '' ? value.toFixed(digits) : `${value.toFixed(digits)} ${unit}`;
}
