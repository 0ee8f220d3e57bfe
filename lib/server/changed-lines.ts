import { nameOfLine } from './parse-metrics.ts';

/**
 * Takes the pages of one server, one after the other, and gives of each the lines that are wanted and new since the page
 * before: most of a page's lines stay as they are, where they are, from one second to the next, and cost a comparison.
 */
export function createChangedLines(isWanted: (name: string) => boolean): (page: string) => string[] {
  let last: readonly string[] = [];
  return (page) => {
    const before = last;
    last = page.split('\n');
    const moved = last.filter((line, place) => line !== before[place]);
    if (moved.length === 0) return [];
    const known = new Set(before);
    return moved.filter((line) => !known.has(line) && isWanted(nameOfLine(line.trim()))).map((line) => line.trim());
  };
}
