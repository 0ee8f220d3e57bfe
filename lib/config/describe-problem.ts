import type { Problem } from '../shared/errors.ts';
import type { Parameter } from './parameter.ts';
import { maskUrl, mayHoldSecret } from './secrets.ts';

/** How a user hands settings over: as flags of the command line, or to k6 with `-e`. */
export type PasteStyle = 'flag' | 'env';

/** The most characters of a value that a problem shows. */
const SHOWN_CHARACTERS = 80;

/**
 * A problem with one setting.
 *
 * @param given the value as text, shown unless it may hold a secret; null: there was none
 * @param why   the reason, where it is known; appended to what was given
 * @param better a right value to paste instead of the table's example
 */
export function describeProblem(
  parameter: Parameter,
  given: string | null,
  why: string | null,
  style: PasteStyle,
  better?: string | undefined,
): Problem {
  const shown = given === null ? 'nothing' : showValue(parameter, given);
  return {
    key: `${parameter.env} (--${parameter.flag})`,
    got: why === null ? shown : `${shown}: ${why}`,
    allowed: parameter.type.allowed,
    paste: formatPaste(parameter, style, better),
  };
}

/** A right way to give the setting: `--parallel 8`, or `-e PARALLEL=8`. */
function formatPaste(parameter: Parameter, style: PasteStyle, better?: string | undefined): string {
  const { example, flag, env, type } = parameter;
  if (style === 'env') return `-e ${env}=${quoteForShell(better ?? parameter.envExample ?? example[0] ?? '')}`;
  if (type.arity === 'switch') return example[0] ?? `--${flag}`;
  const words = better === undefined ? example : [better];
  return [`--${flag}`, ...words.map(quoteForShell)].join(' ');
}

/** A word as a POSIX shell takes it literally. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

function showValue(parameter: Parameter, given: string): string {
  if (parameter.secret === true) return 'a value that is not shown';
  // Values of headers are never shown: any of them may be a key.
  if (parameter.name === 'headers') return 'headers that are not shown';
  const masked = parameter.name === 'url' ? maskUrl(given) : given;
  if (parameter.name !== 'url' && given.length > 12 && mayHoldSecret(given)) return 'a value that may hold a secret';
  const characters = [...masked];
  const short = characters.slice(0, SHOWN_CHARACTERS).join('');
  return JSON.stringify(characters.length > SHOWN_CHARACTERS ? `${short}...` : short);
}
