import type { RunConfig } from '../config/parameters.ts';
import { maskUrl } from '../config/secrets.ts';
import { RECORD_VERSION } from '../records/record-line.ts';
import { createChangedLines } from '../server/changed-lines.ts';
import { createNameFilter } from '../server/metric-names.ts';
import { serverReadingContent } from '../server/server-reading.ts';

/** A page of metrics, or why there is none. */
export interface ServerPage {
  readonly text: string;
  readonly error: string | null;
}

type PageSettings = Pick<RunConfig, 'serverMetrics' | 'serverMetricNames' | 'gpuMetrics'>;

/** The pages of metrics that a script reads itself; `auto` is for the command line, which tries what it finds. */
export function listPages({ serverMetrics, gpuMetrics }: Omit<PageSettings, 'serverMetricNames'>): string[] {
  return [...(serverMetrics === 'auto' ? [] : serverMetrics), ...gpuMetrics];
}

/**
 * Looks at the pages of metrics, and writes what is new on them.
 *
 * @param get   reads a page
 * @param write writes a line of the kind `server`
 */
export function createServerReader(
  config: PageSettings,
  runId: string,
  get: (url: string) => Promise<ServerPage>,
  write: (content: Readonly<Record<string, unknown>>) => void,
): () => Promise<void> {
  const isWanted = createNameFilter(config.serverMetricNames);
  const pages = listPages(config).map((url) => ({ url, shown: maskUrl(url), changed: createChangedLines(isWanted) }));
  return async () => {
    const at_ms = Date.now();
    const answers = await Promise.all(pages.map(({ url }) => get(url)));
    pages.forEach(({ shown, changed }, index) => {
      const { text, error } = answers[index] as ServerPage;
      const lines = error === null ? changed(text) : [];
      write({ v: RECORD_VERSION, run_id: runId, ...serverReadingContent({ at_ms, url: shown, lines, error }) });
    });
  };
}
