import { USUAL_COLUMNS as WIDTH, wrapText } from './wrap-text.ts';

/** Where the text of a row begins: after most flags. */
const TEXT_COLUMN = 28;

/** One row of a help text, `  --flag <value>   what it does`; a long left side has a line of its own. */
export function renderHelpRow(left: string, text: string): string {
  const lines = wrapText(text, WIDTH - TEXT_COLUMN).map((line) => ' '.repeat(TEXT_COLUMN) + line);
  const heads = breakChoices(`  ${left}`);
  const head = heads.at(-1) as string;
  if (head.length > TEXT_COLUMN - 2) return [...heads, ...lines].join('\n');
  return [...heads.slice(0, -1), head.padEnd(TEXT_COLUMN) + (lines[0] ?? '').trimStart(), ...lines.slice(1)].join('\n');
}

/** A list of choices that is wider than the screen goes on in a line of its own. */
function breakChoices(left: string): string[] {
  if (left.length <= WIDTH) return [left];
  const at = left.lastIndexOf('|', WIDTH - 1) + 1;
  return at === 0 ? [left] : [left.slice(0, at), ...breakChoices(`      ${left.slice(at)}`)];
}
