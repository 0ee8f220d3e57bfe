/**
 * Everything that could move the cursor, colour the screen or reorder what stands on it: C0 and C1 control characters and
 * DEL, line and paragraph separators, marks and overrides of the writing direction, and the byte order mark.
 */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/g;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Makes a text that came from outside (a server's error, a model's name, a path) safe to print on a terminal and in a
 * table: unprintable characters become visible escapes, `\n` or `\u001b`.
 */
export function escapeText(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
