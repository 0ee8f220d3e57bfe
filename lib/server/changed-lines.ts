import { nameOfLine } from './parse-metrics.ts';

/**
 * Takes the pages of one server, one after the other, and gives of each the lines that are wanted and not as they were, where
 * they were, on the page before. What a new line moves comes again, which says nothing new.
 *
 * @param isWanted by the name of a metric; `isFirst`: no page was before, or that look failed
 */
export function createChangedLines(isWanted: (name: string, isFirst: boolean) => boolean): (page: string) => string[] {
  let last: readonly string[] = [];
  return (page) => {
    const before = last;
    last = page.split('\n');
    const lines: string[] = [];
    // By hand, and without a set of the lines before: in k6 there is a third of the garbage.
    for (let i = 0; i < last.length; i++) {
      if (last[i] === before[i]) continue;
      const line = (last[i] as string).trim();
      if (isWanted(nameOfLine(line), before.length < 2)) lines.push(line);
    }
    return lines;
  };
}
