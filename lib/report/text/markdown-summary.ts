import { NO_VALUE } from '../../evalscope/cell.ts';
import { escapeMarkdown } from '../../shared/escape-markdown.ts';
import { escapeText } from '../../shared/escape-text.ts';
import type { FailureKind } from '../../shared/failure-kinds.ts';
import type { PercentileRow, RunSummary } from '../../stats/run-summary.ts';
import { successRatio } from '../../stats/run-summary.ts';
import { type Check, hasFailed, listChecks, type RunVerdict } from './check-list.ts';

/** What a page that people look at after a run shows. */
export interface MarkdownContext extends RunVerdict {
  readonly model: string;
  readonly summary: RunSummary;
  /** The detail of the first failure of each kind. */
  readonly examples: ReadonlyMap<FailureKind, string>;
}

/** A run as Markdown, for a pull request or `$GITHUB_STEP_SUMMARY`: verdict, headline numbers, conditions, failures. */
export function renderMarkdownSummary(context: MarkdownContext): string {
  const checks = listChecks(context);
  const verdict = describeOutcome(context, checks);
  const sections = [
    [`## Load test of ${escapeMarkdown(context.model)}${verdict}`],
    renderHeadline(context.summary),
    renderTimes(context.summary),
    renderValidity(context.validity),
    checks.length === 0
      ? []
      : renderTable(
          ['', 'Condition', 'Value'],
          checks.map((check) => [signOf(check), formatCode(check.name), escapeMarkdown(check.detail ?? '–')]),
        ),
    renderFailures(context),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function describeOutcome({ nothing }: RunVerdict, checks: readonly Check[]): string {
  if (nothing !== null) return nothing.state === 'no-run' ? ': no run' : ': nothing was measured';
  if (checks.length === 0) return '';
  const crossed = checks.filter(hasFailed).length;
  return crossed === 0 ? ': passed' : `: ${crossed} of ${checks.length} crossed`;
}

function signOf(check: Check): string {
  if (hasFailed(check)) return '❌';
  return check.state === 'no-value' ? '–' : '✅';
}

/** A run that did not take place: what kept it from it, and which conditions nobody could judge. */
export function renderMarkdownNoRun(model: string, verdict: RunVerdict): string {
  const lines = verdict.nothing === null ? [] : [verdict.nothing.text];
  const checks = listChecks(verdict).filter(({ state }) => state !== 'error');
  const sections = [
    [`## Load test of ${escapeMarkdown(model)}: no run`],
    lines.map(escapeMarkdown),
    checks.length === 0
      ? []
      : renderTable(
          ['', 'Condition', 'Value'],
          checks.map((check) => [signOf(check), formatCode(check.name), escapeMarkdown(check.detail ?? '–')]),
        ),
  ];
  return `${sections
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}

function renderHeadline(summary: RunSummary): string[] {
  const ratio = successRatio(summary);
  const rate = ratio === null ? null : ratio * 100;
  return renderTable(
    ['Requests', 'Completed', 'Concurrency', 'Requests/s', 'Output tokens/s', 'Time taken'],
    [
      [
        String(summary.total_requests),
        `${summary.completed_requests} (${format(rate, '%')})`,
        summary.concurrency === null ? NO_VALUE : String(summary.concurrency),
        format(summary.requests_per_s),
        format(summary.output_tokens_per_s),
        format(summary.time_taken_ms === null ? null : summary.time_taken_ms / 1000, 's'),
      ],
    ],
  );
}

function renderTimes(summary: RunSummary): string[] {
  const at = (percentile: number, key: 'ttft_ms' | 'tpot_ms' | 'latency_ms'): string =>
    format(summary.percentiles.find((row: PercentileRow) => row.percentile === percentile)?.[key] ?? null, 'ms');
  return renderTable(
    ['', 'Average', 'p50', 'p90', 'p99'],
    [
      ['TTFT', format(summary.ttft_avg_ms, 'ms'), at(50, 'ttft_ms'), at(90, 'ttft_ms'), at(99, 'ttft_ms')],
      ['TPOT', format(summary.tpot_avg_ms, 'ms'), at(50, 'tpot_ms'), at(90, 'tpot_ms'), at(99, 'tpot_ms')],
      [
        'ITL',
        format(summary.itl_avg_ms, 'ms'),
        format(summary.itl_p50_ms, 'ms'),
        '–',
        format(summary.itl_p99_ms, 'ms'),
      ],
      [
        'Latency',
        format(summary.latency_avg_ms, 'ms'),
        at(50, 'latency_ms'),
        at(90, 'latency_ms'),
        at(99, 'latency_ms'),
      ],
    ],
  );
}

function renderValidity({ verdict, reasons }: RunVerdict['validity']): string[] {
  return [`Measurement: **${verdict}**`, ...reasons.map((reason) => `- ${escapeMarkdown(reason)}`)];
}

function renderFailures({ summary, examples }: MarkdownContext): string[] {
  const rows = Object.entries(summary.failures)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => [
      formatCode(kind),
      String(count),
      escapeMarkdown((examples.get(kind as FailureKind) ?? '–').slice(0, 200)),
    ]);
  return rows.length === 0 ? [] : renderTable(['Failure', 'Requests', 'First one'], rows);
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function format(value: number | null, unit = ''): string {
  if (value === null) return '–';
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return unit === '' ? value.toFixed(digits) : `${value.toFixed(digits)} ${unit}`;
}

/** A code span in a table: a bar would end the cell, and a backtick the span. */
function formatCode(text: string): string {
  return `\`${escapeText(text).replace(/`/g, "'").replace(/\|/g, '\\|')}\``;
}
