import { nameOfLine } from './parse-metrics.ts';

/**
 * Takes the pages of one server, one after the other, and gives of each the lines that are wanted and new since the page
 * before: most of a page's buckets stay as they are from one second to the next.
 */
export function createChangedLines(isWanted: (name: string) => boolean): (page: string) => string[] {
  let last = new Set<string>();
  return (page) => {
    const lines = page
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && isWanted(nameOfLine(line)));
    const before = last;
    last = new Set(lines);
    return lines.filter((line) => !before.has(line));
  };
}
