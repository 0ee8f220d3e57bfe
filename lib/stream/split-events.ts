/**
 * The `data` of the events of a whole SSE body, up to `[DONE]` (WHATWG HTML, 9.2.6: lines end in LF, CRLF or CR, `data`
 * lines of one event are joined by LF, one space after the colon is dropped, comments and other fields are skipped).
 *
 * Unlike a browser it keeps a last event without its blank line, which some servers forget.
 */
export function splitEvents(body: string): { data: string[]; done: boolean } {
  const data: string[] = [];
  let lines: string[] = [];
  for (const line of `${body}\n\n`.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) {
      lines.push(line.slice(line.charCodeAt(5) === 32 ? 6 : 5));
    } else if (line === '' && lines.length > 0) {
      const event = lines.join('\n');
      lines = [];
      if (event.trim() === '[DONE]') return { data, done: true };
      if (event !== '') data.push(event);
    }
  }
  return { data, done: false };
}
