import { parseArgs } from 'node:util';

/** What must be known of a flag to take a command line apart. */
export interface FlagShape {
  /** Without the two dashes: the flag's own name, then other spellings. */
  readonly names: readonly string[];
  /** One letter, without its dash. */
  readonly short?: string | undefined;
  /** How many words follow: `switch` takes none, or one that `isSwitchWord` knows. */
  readonly arity: 'one' | 'many' | 'switch';
  /** Its value may begin with a dash. */
  readonly secret?: boolean | undefined;
  /** For `many`: whether a word after the first one still belongs to the flag; any does by default. */
  continues?(word: string): boolean;
}

/** One flag with its values, or a word that belongs to none. */
type Argument<Shape extends FlagShape> =
  | {
      readonly kind: 'flag';
      readonly flag: Shape;
      /** As written, without a value. */
      readonly spelling: string;
      /** `--no-stream`. */
      readonly negated: boolean;
      readonly values: readonly string[];
    }
  | {
      readonly kind: 'unknown';
      readonly spelling: string;
      /** What follows it, which may be a mistyped key; null where nothing does. */
      readonly value: string | null;
    }
  | {
      readonly kind: 'word';
      readonly word: string;
      /** The flag before it, as written. */
      readonly after: string | null;
    };

export interface SplitArguments<Shape extends FlagShape> {
  readonly items: readonly Argument<Shape>[];
  /** Everything after `--`. */
  readonly rest: readonly string[];
}

/** Dashes that documents and chats make of two hyphens. */
const PASTED_DASH = /^[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/;

/**
 * Takes a command line apart, for every command: `--flag value`, `--flag=value` with anything after the `=`, blanks and line feeds too, `-n 15`,
 * `-n15`, several words after a flag that takes them, `--switch`, `--no-switch` and `--switch off`.
 *
 * A word that begins with a dash is a value when it is a number, or holds a blank before any `=`; any other such value needs
 * `--flag=value`. Each word is read by Node's `parseArgs`; which words belong to a flag is decided here, since that
 * takes at most one.
 */
export function splitArguments<Shape extends FlagShape>(
  args: readonly string[],
  flags: readonly Shape[],
  isSwitchWord: (word: string, flag: Shape) => boolean,
): SplitArguments<Shape> {
  const items: Argument<Shape>[] = [];
  let at = 0;
  const belongs = (flag: Shape, word: string | undefined, count: number): word is string => {
    if (word === undefined || word === '--') return false;
    if (flag.arity === 'switch') return count === 0 && isSwitchWord(word, flag);
    // A key may begin with a dash; whatever follows its flag is it, unless it is a flag that exists.
    if (looksLikeFlag(word) && (flag.secret !== true || findFlag(readWord(word), flags) !== null)) return false;
    return count === 0 || (flag.arity === 'many' && (flag.continues?.(word) ?? true));
  };
  /** The value of a flag that nobody knows: it is not a command or a file, and may be a mistyped key. */
  const takeUnknown = (word: string, value: string | null): string | null => {
    const isNext = !word.includes('=') && at < args.length && !looksLikeFlag(args[at] as string);
    return isNext ? (args[at++] as string) : value;
  };
  while (at < args.length) {
    const word = args[at++] as string;
    if (word === '--') return { items, rest: args.slice(at) };
    if (PASTED_DASH.test(word) || !looksLikeFlag(word)) {
      const before = items.at(-1);
      if (PASTED_DASH.test(word)) {
        items.push({ kind: 'unknown', spelling: word.split('=')[0] as string, value: takeUnknown(word, null) });
      } else {
        items.push({ kind: 'word', word, after: before?.kind === 'flag' ? before.spelling : null });
      }
      continue;
    }
    const read = readWord(word);
    const found = findFlag(read, flags);
    if (found === null) {
      const spelling = word.startsWith('--') ? read.spelling : word.slice(0, 2);
      items.push({ kind: 'unknown', spelling, value: takeUnknown(word, read.value) });
      continue;
    }
    const values: string[] = [];
    if (read.value !== null) values.push(read.value);
    else while (belongs(found.flag, args[at], values.length)) values.push(args[at++] as string);
    items.push({ kind: 'flag', ...found, spelling: read.spelling, values });
  }
  return { items, rest: [] };
}

interface ReadWord {
  readonly name: string;
  readonly isShort: boolean;
  readonly spelling: string;
  /** What follows `=` or a short flag. */
  readonly value: string | null;
}

function readWord(word: string): ReadWord {
  if (!word.startsWith('--')) {
    const value = word.slice(2).replace(/^=/, '');
    return { name: word.slice(1, 2), isShort: true, spelling: word.slice(0, 2), value: word.length > 2 ? value : null };
  }
  const { tokens } = parseArgs({ args: [word], strict: false, allowPositionals: true, tokens: true });
  const [token] = tokens;
  if (token?.kind !== 'option') return { name: '', isShort: false, spelling: word, value: null };
  return { name: token.name, isShort: false, spelling: token.rawName, value: token.value ?? null };
}

function findFlag<Shape extends FlagShape>(
  { name, isShort }: ReadWord,
  flags: readonly Shape[],
): { readonly flag: Shape; readonly negated: boolean } | null {
  if (isShort) {
    const flag = flags.find(({ short }) => short !== undefined && short === name);
    return flag === undefined ? null : { flag, negated: false };
  }
  const named = flags.find(({ names }) => names.includes(name));
  if (named !== undefined) return { flag: named, negated: false };
  const switched = flags.find(({ names, arity }) => arity === 'switch' && `no-${names[0]}` === name);
  return switched === undefined ? null : { flag: switched, negated: true };
}

function looksLikeFlag(word: string): boolean {
  return /^--?[^\s=-][^\s=]*(?:=|$)/.test(word) && !/^-\.?\d/.test(word);
}
