import type { Api } from '../api/api.ts';

/** The events of a body, in order. */
export interface SplitEvents {
  readonly data: string[];
  /** What they call themselves, by index, where they do. */
  readonly names: ReadonlyMap<number, string>;
  /** Whether the end mark came. */
  readonly done: boolean;
}

/**
 * The `data` of the events of a whole SSE body, up to the end mark (WHATWG HTML, 9.2.6: lines end in LF, CRLF or CR, `data`
 * lines of one event are joined by LF, one space after the colon is dropped, comments and other fields are skipped).
 *
 * Unlike a browser it keeps a last event without its blank line, which some servers forget.
 * @param isEnd tells the end mark, the API's
 */
export function splitEvents(body: string, isEnd: Api['isEnd']): SplitEvents {
  const data: string[] = [];
  const names = new Map<number, string>();
  let lines: string[] = [];
  let name = '';
  for (const line of `${withoutMark(body)}\n\n`.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) {
      lines.push(line.slice(line.charCodeAt(5) === 32 ? 6 : 5));
    } else if (line.startsWith('event:')) {
      name = line.slice(6).trim();
    } else if (line === '') {
      const event = lines.join('\n');
      if (lines.length > 0 && isEnd(event)) return { data, names, done: true };
      if (event !== '' || (name !== '' && lines.length > 0)) {
        if (name !== '') names.set(data.length, name);
        data.push(event);
      }
      lines = [];
      name = '';
    }
  }
  return { data, names, done: false };
}

/** The byte order mark before the first line belongs to no line. */
function withoutMark(body: string): string {
  return body.charCodeAt(0) === 0xfeff ? body.slice(1) : body;
}
