import { displayWidth } from '../../shared/display-width.ts';

/** Where a text may be broken: at a blank, after a slash, and in front of a bracket. */
const BREAKS = /(?<=\/)|(?=\()| /;
/** The least that a column is narrowed to where words have to be cut. */
const NARROWEST = 6;

/**
 * Widths with which a table stays within `columns` of a terminal: the widest columns give way first, as far as their words
 * are, and then further.
 *
 * @param widths of the cells, without the blank and the line on either side
 * @param cells of each column
 * @returns the same widths where they fit; the narrowest possible where nothing does
 */
export function fitWidths(widths: readonly number[], cells: readonly (readonly string[])[], columns: number): number[] {
  const words = cells.map((column) =>
    Math.max(NARROWEST, ...column.flatMap((cell) => cell.split(BREAKS).map(displayWidth))),
  );
  const fitted = [...widths];
  // Each column has a blank on either side and a line, and the last one another line.
  let over = fitted.reduce((sum, width) => sum + width + 3, 1) - columns;
  for (const least of [words, words.map(() => NARROWEST)]) {
    while (over > 0) {
      const spare = fitted.map((width, i) => (width > (least[i] as number) ? width : 0));
      const widest = Math.max(...spare);
      if (widest === 0) break;
      fitted[spare.indexOf(widest)] = widest - 1;
      over -= 1;
    }
  }
  return fitted;
}

/** A text in lines of at most `width` columns: broken at blanks, else at slashes and brackets, else anywhere; nothing is lost. */
export function wrapCell(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (displayWidth(rest) > width) {
    const fitting = takeWidth(rest, width);
    const blank = rest[fitting.length] === ' ' ? fitting.length : fitting.lastIndexOf(' ');
    const end =
      blank > 0 ? blank : Math.max(fitting.lastIndexOf('/') + 1, findBracket(rest, fitting)) || fitting.length;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

/** A sentence in lines that go on as far in as it began; a table is several lines, and fits already. */
export function wrapLine(line: string, columns: number): string[] {
  if (line.includes('\n')) return [line];
  const [indent = ''] = /^ */.exec(line) ?? [];
  return wrapCell(line.trimStart(), columns - indent.length).map((part) => `${indent}${part}`);
}

/** Where the last bracket is that may begin the next line; 0 without one. */
function findBracket(text: string, { length }: string): number {
  return Math.max(0, text.lastIndexOf('(', length));
}

/** As many of the first characters as fit, at least one. */
export function takeWidth(text: string, width: number): string {
  let taken = '';
  for (const character of text) {
    if (taken !== '' && displayWidth(taken + character) > width) break;
    taken += character;
  }
  return taken;
}
