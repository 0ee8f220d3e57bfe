import { COMPARED_METRICS } from '../metrics/request-metrics.ts';
import { type PageAssets, renderPage } from '../report/html/render-page.ts';
import type { ComparisonSection } from '../report/html/report-data.ts';
import { type Comparison, type ComparisonReport, describeMethod, describeRuns } from './comparison.ts';
import { buildRows, COLUMNS } from './render-text.ts';

/** The comparison as a page: tables, changes with intervals, and the distributions of both runs over each other. */
export function renderComparisonHtml(report: ComparisonReport, assets: PageAssets): string {
  const sections = report.comparisons.map(describeSection);
  const notes = [...report.notes, ...describeMethod(report)];
  return renderPage({ kind: 'comparison', columns: COLUMNS, sections, notes }, assets);
}

function describeSection(comparison: Comparison): ComparisonSection {
  const { point, base, next, gates, numbers } = comparison;
  return {
    title: point ?? `${base.name} and ${next.name}`,
    facts: describeRuns(comparison),
    gates: gates.map(({ source, state, detail }) => ({ source, state, detail })),
    rows: buildRows(comparison),
    changes: numbers.flatMap(({ title, verdict, relative }) => {
      if (relative === null || relative.low === null || relative.high === null) return [];
      return [{ title, verdict, value: relative.value, low: relative.low, high: relative.high }];
    }),
    curves: COMPARED_METRICS.flatMap(({ name, title, unit }) => {
      const [before, after] = [base.curves?.[name], next.curves?.[name]];
      if (before === undefined || after === undefined || before.values.length + after.values.length === 0) return [];
      return [{ name, title, unit, base: before, next: after }];
    }),
  };
}
