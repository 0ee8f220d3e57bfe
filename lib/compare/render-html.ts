import { escapeHtml } from '../shared/escape-html.ts';
import { escapeText } from '../shared/escape-text.ts';
import { TIMING_METRICS } from '../stats/run-metrics.ts';
import { type Comparison, type ComparisonReport, describeMethod, describeRuns } from './comparison.ts';
import { renderCurveChart } from './curve-chart.ts';
import { renderIntervalChart } from './interval-chart.ts';
import { buildRows, COLUMNS } from './render-text.ts';

const STYLE = `
:root{color-scheme:light dark;--ink:#1d2330;--paper:#fff;--faint:#d9dde5;--soft:#5c6577;--base:#3b6fb6;--next:#d9822b;--better:#2b8a4b;--worse:#c92f3f}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ef;--paper:#14171d;--faint:#333a47;--soft:#9aa4b5;--base:#7aa9e8;--next:#f0a35a;--better:#5fc483;--worse:#f07883}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1100px;padding:24px 16px;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:24px}h2{font-size:19px;margin-top:40px}h3{font-size:15px;margin:0}
ul{padding-left:20px}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px;white-space:nowrap}
th,td{padding:4px 10px;border-bottom:1px solid var(--faint);text-align:right}
th:first-child,td:first-child,th:last-child,td:last-child{text-align:left}
td.better,.gate.passed{color:var(--better);font-weight:600}td.worse,.gate.failed{color:var(--worse);font-weight:600}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:20px;margin:20px 0}
figure{margin:0}svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:var(--soft)}
svg line{stroke-width:3}svg .grid{stroke:var(--faint);stroke-width:1}svg .zero{stroke:var(--soft);stroke-width:1}
polyline{fill:none;stroke-width:2}.base{stroke:var(--base)}.next{stroke:var(--next);stroke-dasharray:6 3}
line.better{stroke:var(--better)}line.worse{stroke:var(--worse)}line.same{stroke:var(--soft)}
circle.better{fill:var(--better)}circle.worse{fill:var(--worse)}circle.same{fill:var(--soft)}
.key::before{content:"";display:inline-block;width:26px;border-top:3px solid var(--base);margin-right:6px;vertical-align:middle}
.key.new::before{border-top:3px dashed var(--next)}
@media print{body{max-width:none}h2{break-before:page}figure{break-inside:avoid}}
`;

/**
 * The comparison as a page of its own: tables, changes with intervals, and the distributions of both runs over each
 * other. It holds no script and loads nothing; whatever came from outside is escaped.
 */
export function renderComparisonHtml(report: ComparisonReport): string {
  const sections = report.comparisons.map(renderSection);
  const notes = [...report.notes, ...describeMethod(report)].map((line) => `<li>${escapeShown(line)}</li>`);
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<title>Comparison of load tests</title>',
    `<style>${STYLE}</style></head><body>`,
    '<h1>Comparison of load tests</h1>',
    ...sections,
    `<h2>How to read this</h2><ul>${notes.join('')}</ul>`,
    '</body></html>',
    '',
  ].join('\n');
}

function renderSection(comparison: Comparison): string {
  const { point, numbers, gates, base, next } = comparison;
  const about = describeRuns(comparison).map((line) => `<li>${escapeShown(line)}</li>`);
  const outcomes = gates.map(
    ({ source, state, detail }) =>
      `<li><span class="gate ${state}">${state}</span> <code>${escapeShown(source)}</code>: ${escapeShown(detail)}</li>`,
  );
  const curves = TIMING_METRICS.flatMap(({ name, title, unit }) => {
    const chart = renderCurveChart({ title, base: base.curves?.[name] ?? [], next: next.curves?.[name] ?? [] });
    return chart === null ? [] : [`<figure><h3>${title} (${unit})</h3>${chart}</figure>`];
  });
  const intervals = renderIntervalChart(numbers);
  return [
    `<section><h2>${escapeShown(point ?? `${base.name} and ${next.name}`)}</h2>`,
    `<ul>${about.join('')}</ul>`,
    outcomes.length === 0 ? '' : `<h3>Gates</h3><ul>${outcomes.join('')}</ul>`,
    renderTable(comparison),
    intervals === null ? '' : `<figure><h3>Changes with their 95 % intervals</h3>${intervals}</figure>`,
    curves.length === 0
      ? ''
      : `<h3>Distributions: share of values at or below</h3><p><span class="key">base</span> &nbsp; <span class="key new">new</span></p><div class="charts">${curves.join('')}</div>`,
    '</section>',
  ].join('\n');
}

function renderTable(comparison: Comparison): string {
  const verdicts = COLUMNS.length - 1;
  const rows = buildRows(comparison).map((row) => {
    const cells = row.map((cell, column) => {
      const kind = column === verdicts && (cell === 'better' || cell === 'worse') ? ` class="${cell}"` : '';
      return `<td${kind}>${escapeShown(cell)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const headers = COLUMNS.map((header) => `<th>${header}</th>`).join('');
  return `<div class="scroll"><table><thead><tr>${headers}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function escapeShown(text: string): string {
  return escapeHtml(escapeText(text));
}
