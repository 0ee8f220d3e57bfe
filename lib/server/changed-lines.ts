import { createNameFilter } from './metric-names.ts';
import { nameOfLine } from './parse-metrics.ts';
import type { PageNews } from './server-reading.ts';

/** Reads the pages of one server. */
export interface PageReader {
  /**
   * Whether a block is passed over: the text behind the `#` of a comment up to the next comment, which is, by its last line, of the
   * family that the comment names, and that is not kept. The lines between may be left out.
   */
  isOther(block: string): boolean;
  /** What a page has that the one before it had not. */
  changed(page: string): PageNews;
}

/**
 * Takes the pages of one server, one after the other, and gives of each the lines that are kept and not as they were on the
 * page before; of one with other series than before, all. A page without the line end, or without the mark of the end (OpenMetrics),
 * that a page before had, was cut: what it lacks is not gone. The empty page stands for a look that failed.
 *
 * @param names of metrics that are kept beside those that we know
 */
export function createChangedLines(names: readonly string[]): PageReader {
  const isKept = createNameFilter(names);
  /** What every look keeps. */
  let last: readonly string[] = [];
  /** Whether no page was before, or that look failed. */
  let isFirst = true;
  let hasMark = false;
  let hasLineEnd = false;

  const isOther = (block: string): boolean => {
    if (!block.startsWith(' TYPE ')) return false;
    const end = block.indexOf(' ', 6);
    const family = block.slice(6, end);
    const series = block.startsWith(' histogram', end) ? `${family}_bucket` : family;
    if (isKept(series, isFirst) || names.some((name) => name.startsWith(family))) return false;
    const line = block.slice(block.lastIndexOf('\n') + 1);
    return end > 6 && line.startsWith(family) && !isKept(nameOfLine(line), isFirst);
  };

  const changed = (page: string): PageNews => {
    const text = page.trimEnd();
    const lines: string[] = [];
    const always: string[] = [];
    // In k6 each line is dear: most are of other families, which are passed over, or have the name of the line before.
    for (const block of `\n${text}`.split('\n#')) {
      if (isOther(block)) continue;
      let start = '#';
      let into: string[] | undefined;
      for (const line of block.split('\n').slice(1)) {
        if (!line.startsWith(start)) {
          const name = nameOfLine(line.trim());
          start = name === '' ? '#' : `${name}{`;
          into = isKept(name, false) ? always : isFirst && isKept(name, true) ? lines : undefined;
        }
        into?.push(line.trim());
      }
    }
    const isMarked = text.endsWith('# EOF');
    const isEnded = page.endsWith('\n');
    const isCut = always.length + lines.length > 0 && !isMarked && (hasMark || (hasLineEnd && !isEnded));
    hasMark ||= isMarked;
    hasLineEnd ||= isEnded;
    isFirst = isCut || page === '';
    const before = last;
    last = isFirst ? [] : always;
    if (isCut) return { error: 'a page that was cut' };
    const whole = before.length !== always.length || always.some((line, i) => seriesOf(line) !== seriesOf(before[i]));
    lines.push(...always.filter((line, i) => whole || line !== before[i]));
    return whole ? { lines, whole } : { lines };
  };
  return { isOther, changed };
}

/** A line without what is behind its last blank: its value, or the time of that, which makes it new at every look. */
function seriesOf(line = ''): string {
  return line.slice(0, line.lastIndexOf(' '));
}
