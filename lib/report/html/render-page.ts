import { escapeHtml } from '../../shared/escape-html.ts';
import type { PageData, SweepPoint } from './report-data.ts';

/** The browser's part of every page, built into `dist/page/`. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  /** SHA-256 of `script` in base64: no other script may run. */
  readonly scriptHash: string;
}

/**
 * One HTML file that needs nothing else: data, style and script are in it, and its policy forbids every connection and
 * every script but this one.
 *
 * Whatever came from outside stands in the data, as JSON without `<`, and is put on the page as text only.
 */
export function renderPage(title: string, data: PageData, assets: PageAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${assets.scriptHash}'`,
    // The chart library sizes its texts with inline styles.
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${assets.style}</style>
</head>
<body>
<noscript>This report draws its charts with the script inside this file. The same numbers lie beside it in summary.json and
benchmark_summary.json.</noscript>
<main id="report"></main>
<script type="application/json" id="report-data">${escapeJson(data)}</script>
<script>${assets.script}</script>
</body>
</html>
`;
}

/** What the page of a sweep says beside its points. */
export interface SweepReportContext {
  readonly version: string;
  readonly model: string;
  /** Wall clock, ISO 8601. */
  readonly startedAt: string | null;
  readonly notes: readonly string[];
  /** Configuration that all points share, secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** The page of a sweep: throughput against latency, every metric against the load, a table of all points. */
export function renderSweepReport(
  points: readonly SweepPoint[],
  context: SweepReportContext,
  assets: PageAssets,
): string {
  const { version, model, startedAt, notes, args } = context;
  return renderPage(
    `${model}: load sweep`,
    { kind: 'sweep', version, model, started_at: startedAt, points, notes, args },
    assets,
  );
}

/** JSON that may stand inside a script element: nothing in it can end the element. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}
