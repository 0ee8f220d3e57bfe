/** Shorter blocks are not worth a look. */
const LONG_BYTES = 1000;
const LINE_END = '\n';

/**
 * The text of a page of metrics without the long blocks that are passed over: these, the histograms, are most of its bytes, and are
 * never made into text. The last line stays whatever it is, since it tells whether the page was cut.
 *
 * @param page    as UTF-8
 * @param isOther as that of `createChangedLines`, which makes of this text what it makes of the whole page; undefined keeps all
 */
export function textOfPage(page: Buffer, isOther: ((block: string) => boolean) | undefined): string {
  if (isOther === undefined) return page.toString();
  const kept: string[] = [];
  const lastLine = page.lastIndexOf(LINE_END, page.length - 2) + 1;
  let keptFrom = 0;
  let start = 0;
  while (start < page.length) {
    const found = page.indexOf('\n#', start);
    const end = found === -1 ? page.length : found + 1;
    if (end - start > LONG_BYTES && isOther(endsOf(page, start, end))) {
      kept.push(page.toString('utf8', keptFrom, start));
      keptFrom = Math.min(end, lastLine);
    }
    start = end;
  }
  kept.push(page.toString('utf8', keptFrom));
  return kept.join('');
}

/** A block from `#` to a line end, as `isOther` takes it, without the lines between its first and its last one. */
function endsOf(page: Buffer, start: number, end: number): string {
  const firstEnd = page.indexOf(LINE_END, start);
  const lastStart = page.lastIndexOf(LINE_END, end - 2) + 1;
  return page.toString('utf8', start + 1, firstEnd + 1) + page.toString('utf8', lastStart, end - 1);
}
