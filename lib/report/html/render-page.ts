import { escapeHtml } from '../../shared/escape-html.ts';
import type { PageData, VersionedPageData } from './report-data.ts';

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
 * Whatever came from outside is in the data, as JSON without `<`, and is put on the page as text only.
 */
export function renderPage(data: PageData, assets: PageAssets): string {
  const version = typeof PACKAGE_VERSION === 'string' ? PACKAGE_VERSION : 'from source';
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
<title>${escapeHtml(titleOf(data))}</title>
<style>${assets.style}</style>
</head>
<body>
<noscript>This report draws its charts with the script inside this file. The same numbers lie beside it in summary.json and
benchmark_summary.json.</noscript>
<main id="report"></main>
<script type="application/json" id="report-data">${escapeJson({ ...data, version })}</script>
<script>${assets.script}</script>
</body>
</html>
`;
}

function titleOf(data: PageData): string {
  if (data.kind === 'comparison') return 'Comparison of load tests';
  if (data.kind === 'index') return `${data.folder}: load tests`;
  if (data.kind === 'repeats') return `${data.model}: repeated load test`;
  return `${data.model}: load ${data.kind === 'run' ? 'test' : 'sweep'}`;
}

/** Set by the build from package.json. */
declare const PACKAGE_VERSION: string;

/** JSON that may be put inside a script element: nothing in it can end the element. */
function escapeJson(value: VersionedPageData): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}
