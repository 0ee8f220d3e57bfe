import type { SummaryData, SummaryMetric } from './summary-data.ts';

/** The engine's own summary, for scripts without `handleSummary`: thresholds, then a line a metric. */
export function renderTextSummary(data: SummaryData): string {
  const names = Object.keys(data.metrics).sort();
  const width = Math.max(0, ...names.map((name) => name.length));
  const lines = names.map((name) => `  ${name.padEnd(width, '.')}: ${formatValues(data.metrics[name]!)}`);
  const thresholds = names.flatMap((name) =>
    Object.entries(data.metrics[name]!.thresholds ?? {}).map(
      ([source, { ok }]) => `  ${ok ? 'passed' : 'crossed'}  ${name}: ${source}`,
    ),
  );
  const head = thresholds.length > 0 ? ['thresholds', ...thresholds, ''] : [];
  return `\n${[...head, 'metrics', ...lines].join('\n')}\n\n`;
}

function formatValues({ values }: SummaryMetric): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${Number.isInteger(value) ? value : Number(value.toPrecision(6))}`)
    .join(' ');
}
