import { isObject } from '../shared/json.ts';

/** How long a script waits for a page: its load ends no later for one that hangs, and setup and teardown take no longer. */
export const LOOK_MS = 1000;

/** Ends the error of a page that is left alone until the run is over. */
export const GIVEN_UP = ', twice';

/** One look at a server's page of metrics. */
export interface ServerReading {
  /** Milliseconds since 1970; of several servers that are looked at together, one moment. */
  readonly at_ms: number;
  readonly url: string;
  /** The lines that we read which differ from those of the look before. */
  readonly lines: readonly string[];
  /** Whether series came or went: of those that every look keeps, the page has the lines and no others. */
  readonly isWhole?: boolean;
  /** Why there are none. */
  readonly error: string | null;
  /** Who looked, where several did: a line that one of them leaves out is as that one had it last. */
  readonly reader?: number;
}

/** What a line of the kind `server` says of itself; null where it says something else. */
export function parseServerReading(content: unknown): ServerReading | null {
  if (!isObject(content)) return null;
  const { at, url, lines, whole, error } = content;
  const at_ms = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(at_ms) || typeof url !== 'string') return null;
  const texts = Array.isArray(lines) ? lines.filter((line): line is string => typeof line === 'string') : [];
  const news = { lines: texts, ...(whole === true ? { isWhole: true } : {}) };
  return { at_ms, url, ...news, error: typeof error === 'string' ? error : null };
}

/** What a page of metrics has that it had not before, or why it is not read. */
export type PageNews =
  | {
      readonly lines: readonly string[];
      /** As `isWhole` of a look. */
      readonly whole?: true;
      readonly error?: undefined;
    }
  | { readonly error: string };

/** As the line of a look has it, without its kind: times as ISO 8601. */
export function serverReadingContent(at_ms: number, url: string, news: PageNews): object {
  return { at: new Date(at_ms).toISOString(), url, ...news };
}
