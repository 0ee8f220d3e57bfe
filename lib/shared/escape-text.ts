import { ownValue } from './own-value.ts';

/**
 * Everything that could move the cursor, colour the screen, reorder or hide what is on it: C0 and C1 control characters
 * and DEL, line and paragraph separators, marks and overrides of the writing direction, characters without width but the
 * joiner of emoji, the byte order mark, and halves of surrogate pairs (whole ones are found, too, and left alone).
 */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g;

/** Azure (`##vso[`, `##[`), GitHub (`##[`) and TeamCity (`##teamcity[`) read their commands anywhere in a line. */
const BRACKET_COMMAND = /##([A-Za-z]{0,20})\[/g;

/** GitHub reads `::error ...::` at the start of a line, after blanks; a table or a terminal may wrap any word there. */
const COLON_COMMAND =
  /::(?=(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher|save-state|set-env|set-output|stop-commands|warning)\b)/gi;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Makes a text that came from outside (a server's error, a model's name, a path) safe to print on a terminal, in the log
 * of a CI job and in a table: unprintable characters become visible escapes, `\n` or `\u001b`, and commands of CI systems
 * are broken by a backslash: `##\[group]`, `:\:error::`.
 */
export function escapeText(text: string): string {
  return text
    .replace(UNPRINTABLE, (found) => (found.length === 2 ? found : escapeCharacter(found)))
    .replace(BRACKET_COMMAND, '##$1\\[')
    .replace(COLON_COMMAND, ':\\:')
    .replace(/^(\s*):(?=:)/, '$1:\\');
}

/** The same for a text of several lines, whose line feeds stay. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeText).join('\n');
}

function escapeCharacter(character: string): string {
  return ownValue(SHORT, character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
