import type { RunConfig } from '../config/parameters.ts';
import { maskUrl } from '../config/secrets.ts';
import { RECORD_VERSION } from '../records/record-line.ts';
import { createChangedLines, type PageReader } from '../server/changed-lines.ts';
import { GIVEN_UP, serverReadingContent } from '../server/server-reading.ts';

/** Where a page of metrics is, and which blocks of it need not be there. */
export interface PageAddress extends Pick<PageReader, 'isOther'> {
  readonly url: string;
}

/** A page of metrics, or why there is none. */
export interface ServerPage {
  readonly text: string;
  readonly error: string | null;
}

type PageSettings = Pick<RunConfig, 'serverMetrics' | 'serverMetricNames' | 'gpuMetrics'>;

/** The pages of metrics that a script reads itself, each once; `auto` is for the command line, which tries what it finds. */
export function listPages({ serverMetrics, gpuMetrics }: Omit<PageSettings, 'serverMetricNames'>): string[] {
  return [...new Set([...(serverMetrics === 'auto' ? [] : serverMetrics), ...gpuMetrics])];
}

/** An error that took longer is a page that hangs. */
const LATE_MS = 900;

/**
 * Looks at the pages of metrics, all at a time, and writes what is new on them. A page that hangs twice in a row is left alone.
 *
 * @param get   reads a page, for a second at least
 * @param write writes a line of the kind `server`
 */
export function createServerReader(
  config: PageSettings,
  runId: string,
  get: (page: PageAddress) => Promise<ServerPage>,
  write: (content: Readonly<Record<string, unknown>>) => void,
): () => Promise<void> {
  const urls = listPages(config);
  const masked = urls.map(maskUrl);
  const pages = urls.map((url, i) => ({
    url,
    // Two pages may differ in what is masked alone, as in whose user reads them.
    shown: `${masked[i]}${masked.indexOf(masked[i] as string) < i ? `#${i + 1}` : ''}`,
    ...createChangedLines(config.serverMetricNames),
    late: 0,
  }));
  return async () => {
    const at_ms = Date.now();
    const look = async (page: (typeof pages)[number]): Promise<void> => {
      if (page.late > 1) return;
      // After an error all of a page is new.
      const { text, error: failure } = await get(page);
      const news = page.changed(text);
      let error = failure ?? news.error;
      if (error === undefined || Date.now() - at_ms < LATE_MS) page.late = 0;
      else if (++page.late > 1) error += GIVEN_UP;
      const told = error === undefined ? news : { error };
      write({ v: RECORD_VERSION, run_id: runId, ...serverReadingContent(at_ms, page.shown, told) });
    };
    await Promise.all(pages.map(look));
  };
}
