import { parseHttpUrl } from './http-url.ts';
import { accept, oneWord, type Parsed, refuse, type ValueType } from './value-type.ts';

/** `auto`: the command line looks for one itself. */
export type MetricsPages = 'auto' | readonly string[];

const PAGES = 'http(s):// URLs, between commas';

/** URLs of pages of metrics, between commas; `off` is none. */
export const metricsPages: ValueType<readonly string[]> = oneWord('url', `off, or ${PAGES}`, readPages);

/** The same, or `auto`. */
export const serverPages: ValueType<MetricsPages> = oneWord<MetricsPages>('url', `auto, off, or ${PAGES}`, (plain) =>
  plain.toLowerCase() === 'auto' ? accept('auto') : readPages(plain),
);

function readPages(plain: string): Parsed<readonly string[]> {
  if (plain.toLowerCase() === 'off') return accept([]);
  const urls = plain.split(',').map((url) => url.trim());
  for (const url of urls) {
    const parsed = parseHttpUrl(url);
    if (parsed.state === 'refused') return parsed;
    if (parsed.value.userinfo !== null) return refuse('user information in front of the host');
  }
  return accept([...new Set(urls)]);
}

/** Names as a page of metrics has them, one a line as a repeated flag gives them, or between commas. */
export const metricNames = oneWord<readonly string[]>(
  'name',
  'a name of letters, digits, _ and :, no digit first',
  (plain) => {
    const names = plain.split(/[\s,]+/).filter((name) => name !== '');
    return names.every((name) => /^[a-zA-Z_:][\w:]*$/.test(name)) && names.length > 0 ? accept(names) : refuse();
  },
);
