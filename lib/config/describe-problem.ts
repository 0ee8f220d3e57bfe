import type { Problem } from '../shared/errors.ts';
import { MASK } from '../shared/mask-secrets.ts';
import { quoteForShell } from '../shared/quote-for-shell.ts';
import { describeShape, isHarmless, showPath, showValue } from '../shared/show-word.ts';
import type { FlagSpec, Parameter } from './parameter.ts';
import { maskUrl } from './secrets.ts';

/** How a user hands settings over: as flags of the command line, or to k6 with `-e`. */
export type PasteStyle = 'flag' | 'env';

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
  const shown = given === null ? 'nothing' : showSetting(parameter, given);
  return {
    key: `${parameter.env} (--${parameter.flag})`,
    got: why === null ? shown : `${shown}: ${why}`,
    allowed: parameter.type.allowed,
    paste: formatPaste(parameter, style, better),
  };
}

/** A right way to give the setting: `--parallel 8`, or `-e PARALLEL=8`. */
function formatPaste(parameter: Parameter, style: PasteStyle, better?: string | undefined): string {
  const { name, env, envExample, example } = parameter;
  const shown = name === 'url' && better !== undefined ? maskUrl(better) : better;
  if (style === 'flag') return formatFlag(parameter, shown === undefined ? example : [shown]);
  return `-e ${env}=${quoteForShell(shown ?? envExample ?? example[0] ?? '')}`;
}

/** A flag and its words, to paste. */
export function formatFlag({ flag, type, example }: FlagSpec, words: readonly string[] = example): string {
  return type.arity === 'switch' ? (example[0] ?? `--${flag}`) : [`--${flag}`, ...words.map(quoteForShell)].join(' ');
}

/** What is shown of a setting's value: in a wrong place, any word may be a key. */
function showSetting(parameter: Parameter, given: string): string {
  if (parameter.secret === true) return 'a value that is not shown';
  // Values of headers are never shown: any of them may be a key.
  if (/[hH]eaders$/.test(parameter.name)) return 'headers that are not shown';
  const { label } = parameter.type;
  if (label === 'url') return /^\s*[a-z]+:\/\//i.test(given) ? showUrl(given.trim()) : showValue(given.trim());
  return label === 'text' ? showPath(given) : showValue(given);
}

/** A URL with its secrets masked; by its shape where what is left is like a key all the same. */
function showUrl(given: string): string {
  const masked = maskUrl(given);
  return isHarmless(masked.split(MASK).join('')) ? JSON.stringify(masked.slice(0, 200)) : describeShape(given);
}
