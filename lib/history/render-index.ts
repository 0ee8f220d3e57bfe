import { type PageAssets, renderPage } from '../report/html/render-page.ts';
import type { IndexedRun, NumberWithInterval } from '../report/html/report-data.ts';
import { PAGE_FILE } from '../report/report-folder.ts';
import { quoteForShell } from '../shared/quote-for-shell.ts';
import { HISTORY_METRICS } from './history-metrics.ts';
import type { FoundHistoryRun, History } from './node-find-history.ts';

interface IndexPlace {
  /** The folder that was searched, as the user named it. */
  readonly folder: string;
  /** From the folder of the page to it, with `/` between. */
  readonly base: string;
}

/** All runs as one page that opens from disk. */
export function renderIndex({ runs, skipped }: History, { folder, base }: IndexPlace, assets: PageAssets): string {
  const metrics = HISTORY_METRICS.map(({ name, title, unit }) => ({ name, title, unit }));
  const listed = runs.map((run) => describeRun(run, { folder, base }));
  return renderPage({ kind: 'index', folder, metrics, runs: listed, skipped }, assets);
}

function describeRun(run: FoundHistoryRun, { folder, base }: IndexPlace): IndexedRun {
  const { path, startedAt, numbers, hasPage, hasRecords, sweep, runId: _, ...rest } = run;
  const place = path === '.' ? folder : `${folder.replace(/\/+$/, '') || '/.'}/${path}`;
  const toPage = (at: string): string => toHref([base, at, PAGE_FILE].filter((part) => part !== '').join('/'));
  return {
    ...rest,
    path,
    href: hasPage ? toPage(path) : null,
    sweep_href: sweep === null ? null : toPage(sweep),
    compared_as: hasRecords ? quoteForShell(toWord(place)) : null,
    started_at: startedAt.toISOString(),
    numbers: numbers.map((number) => number.map(round) as unknown as NumberWithInterval),
  };
}

/** A name may hold anything that means something in a URL; `./` keeps a colon from making a scheme of what is before it. */
function toHref(path: string): string {
  return `./${path.split('/').map(encodePart).join('/')}`;
}

/** Half a surrogate pair, which a name on some systems may hold, has no URL. */
function encodePart(part: string): string {
  return encodeURIComponent(part.replace(/[\ud800-\udfff]/gu, '\ufffd'));
}

/** A word that begins with a dash would be read as a flag. */
function toWord(path: string): string {
  return path.startsWith('-') ? `./${path}` : path;
}

/** More digits than a chart or table shows would only make a page of 2,000 runs larger. */
function round(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(6));
}
