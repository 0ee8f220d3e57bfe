import { displayWidth } from './display-width.ts';

/** What a terminal shows without wrapping where nothing says how wide it is. */
export const USUAL_COLUMNS = 80;

/** A text in lines of at most so many columns, broken at blanks; a word that is wider has a line of its own. */
export function wrapText(text: string, columns = USUAL_COLUMNS): string[] {
  return fillLines(text.split(/\s+/), columns);
}

/**
 * Words in lines, with a blank between two of them; an empty word makes the blank before it wider.
 *
 * @param widthOf columns that a word takes
 */
export function fillLines(words: readonly string[], columns: number, widthOf = displayWidth): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else if (last === undefined || word !== '') lines.push(word);
  }
  return lines.map((line) => line.trimEnd());
}
