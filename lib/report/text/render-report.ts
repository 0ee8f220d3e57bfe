import { escapeText } from '../../shared/escape-text.ts';
import type { PercentileMethod, RunSummary } from '../../stats/run-summary.ts';
import type { ThresholdResult } from '../../verdict/threshold-result.ts';
import { renderExtraTable } from '../tables/extra-table.ts';
import { wrapLine } from '../tables/fit-columns.ts';
import { renderPercentileTable } from '../tables/percentile-table.ts';
import { renderSummaryTable } from '../tables/summary-table.ts';
import { listConditions, type RunVerdict } from './check-list.ts';
import { describeRequired } from './outcome-text.ts';

export type { ThresholdResult };

/** What a report says beside the numbers of a run. */
export interface ReportContext extends Partial<Omit<RunVerdict, 'validity'>> {
  /** Where the records lie as SQLite; null when they do not. */
  readonly dbPath: string | null;
  /** Lines to print below the tables. */
  readonly notes: readonly string[];
  /** The tables that only records have; absent where there are none, as in the bundles of k6. */
  readonly ofRecords?: (view: ReportView) => readonly string[];
  readonly validity?: { readonly verdict: string; readonly reasons: readonly string[] };
}

/** Below this evalscope prints no percentiles at all. */
const FEW_VALUES = 10;

const METHOD_TEXTS: Readonly<Record<PercentileMethod, string>> = {
  index: "sorted[int(N*p/100)], the rule of evalscope's quick start",
  'nearest-rank': "sorted[ceil(N*p/100)-1], the nearest rank, evalscope 1.14's rule",
  linear: 'linear interpolation at (N-1)*p/100, the rule of k6 and numpy',
  interpolated: "interpolated at (N-1)*p/100, k6's rule; the report from the records is exact",
};

function describePercentiles(summary: RunSummary): string[] {
  const { percentile_method, itl_percentile_method, completed_requests } = summary;
  const few = `Note: fewer than ten completed requests (${completed_requests}), so the percentiles say little.`;
  const lines = [`Percentiles: ${describeMethod(percentile_method)}.`];
  if (itl_percentile_method !== percentile_method) {
    lines.push(`Percentiles of inter-token latency and client lag: ${describeMethod(itl_percentile_method)}.`);
  }
  return completed_requests < FEW_VALUES ? [...lines, few] : lines;
}

function describeMethod(method: PercentileMethod | null): string {
  return method === null ? 'none, since k6 gave none' : METHOD_TEXTS[method];
}

/** `Gates: 1 passed, 1 crossed` and a line for each; nothing without any. */
function describeConditions(title: string, conditions: ReturnType<typeof listConditions>): string[] {
  if (conditions.length === 0) return [];
  const crossed = conditions.filter(({ ok }) => !ok).length;
  const lines = conditions.map(({ name, ok, detail }) => {
    const line = `  ${ok ? 'passed ' : 'crossed'}  ${escapeText(name)}`;
    return detail === null ? line : `${line} (${detail})`;
  });
  return ['', `${title}: ${conditions.length - crossed} passed, ${crossed} crossed`, ...lines];
}

function describeValidity(validity: ReportContext['validity']): string[] {
  if (validity === undefined) return [];
  return [`Measurement: ${validity.verdict}`, ...validity.reasons.map((reason) => `  ${escapeText(reason)}`)];
}

/** How much of a report is shown, and where. */
export interface ReportView {
  /** `main`: the two tables of the quick start, and those that a flag asked for; `all`: the further results and the certainty as well. */
  readonly tables: 'main' | 'all' | 'none';
  /** Of the terminal; absent: as wide as the tables are. */
  readonly columns?: number;
  /** The last lines follow on the same screen, so that what they say is left to them. */
  readonly hasEnding?: boolean;
}

/**
 * The report as text: evalscope's two tables to the character, a third one, those of the records, how percentiles were
 * taken, notes, and thresholds and gates passed and crossed.
 *
 * @returns lines, the last one ended; with `none` those below the tables
 */
export function renderReport(summary: RunSummary, context: ReportContext, view: ReportView): string {
  const { dbPath, notes, thresholds = [], gates = [], ofRecords, validity, nothing = null } = context;
  const { tables, columns, hasEnding = false } = view;
  const isWhole = tables === 'all';
  const ofEvalscope = [
    'Benchmarking summary: ',
    renderSummaryTable(summary, dbPath === null ? null : escapeText(dbPath), columns),
    '',
    'Percentile results: ',
    renderPercentileTable(summary, columns),
    '',
  ];
  const lines = [
    ...(tables === 'none' ? [] : ofEvalscope),
    ...(isWhole ? ['Further results: ', renderExtraTable(summary, columns), ''] : []),
    ...(ofRecords?.(view) ?? []),
    ...(isWhole ? describePercentiles(summary) : []),
    ...notes.map(escapeText),
    ...describeValidity(validity),
    ...describeConditions('Thresholds', listConditions({ thresholds, gates: [] })),
    ...describeConditions('Gates', listConditions({ thresholds: [], gates })),
    ...describeRequired(context),
    ...(nothing === null || hasEnding ? [] : ['', escapeText(nothing.text)]),
  ];
  const text = columns === undefined ? lines : lines.flatMap((line) => wrapLine(line, columns));
  return `${text.join('\n')}\n`;
}
