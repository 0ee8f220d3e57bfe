import type { Api } from '../api/api.ts';
import { parseJson } from '../shared/json.ts';
import { MAX_TEXT } from './received-answer.ts';

/** Comments, and fields of no weight, which may have no colon. */
const OTHER_FIELD = /^(?::|(?:data|event|id|retry)(?::|$))/;

/** The events of a body, in order. */
export interface SplitEvents {
  readonly data: string[];
  /** What they call themselves, by index, where they do. */
  readonly names: ReadonlyMap<number, string>;
  /** Whether the end mark came. */
  readonly done: boolean;
  /** Lines that are not SSE fields, such as the bare JSON of an error. */
  readonly text: string;
}

/**
 * The `data` of the events of a whole SSE body, up to the end mark (WHATWG HTML, 9.2.6: lines end in LF, CRLF or CR, `data`
 * lines of one event are joined by LF, one space after the colon is dropped, comments and other fields are skipped).
 *
 * Unlike a browser it keeps a last event without its blank line, which some servers forget, unless it was cut.
 * @param endOf the API's, which sees the end
 */
export function splitEvents(body: string, endOf: Api['endOf']): SplitEvents {
  const data: string[] = [];
  const names = new Map<number, string>();
  // The byte order mark before the first line belongs to no line.
  const all = body.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  let lines: string[] = [];
  let name = '';
  let text = '';
  for (const [index, line] of [...all, ''].entries()) {
    if (line.startsWith('data:')) {
      lines.push(line.slice(line.charCodeAt(5) === 32 ? 6 : 5));
    } else if (line.startsWith('event:')) {
      name = line.slice(6).trim();
    } else if (line === '') {
      const event = lines.join('\n');
      const end = lines.length > 0 ? endOf(event, name) : null;
      if (end === 'mark') return { data, names, done: true, text };
      // The last but one is empty where a blank line ends the last event.
      const isWhole = index < all.length - 1 || !isCutJson(event);
      if (isWhole && (event !== '' || (name !== '' && lines.length > 0))) {
        if (name !== '') names.set(data.length, name);
        data.push(event);
      }
      if (end === 'last') return { data, names, done: true, text };
      lines = [];
      name = '';
    } else if (!OTHER_FIELD.test(line) && text.length < MAX_TEXT) {
      text += `${line.slice(0, MAX_TEXT)}\n`;
    }
  }
  return { data, names, done: false, text };
}

/** What the end of a body may cut off. */
function isCutJson(event: string): boolean {
  return /^\s*[{[]/.test(event) && parseJson(event) === undefined;
}
