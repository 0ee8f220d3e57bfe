/** Reads a whole file as text; throws where it cannot. `open` in k6's init code, `readFileSync` in Node. */
export type ReadFile = (path: string) => string;

/** A value read from text, or the reason why it was refused (null: the text is plainly not what is allowed). */
export type Parsed<Value> =
  | { readonly state: 'value'; readonly value: Value }
  | { readonly state: 'refused'; readonly why: string | null };

/** How one kind of setting is written. The text is never empty: an empty setting counts as not given. */
export interface ValueType<Value> {
  /** One or two words for help: `integer`, `seconds`. */
  readonly label: string;
  /** How many words of a command line a flag of this type takes: `switch` takes none, or a word such as `true`. */
  readonly arity: 'one' | 'many' | 'switch';
  /** What is allowed, in a few words. */
  readonly allowed: string;
  parse(text: string, readFile: ReadFile): Parsed<Value>;
  /** For `many`: the words of a command line as one text that `parse` reads; null where they do not fit. */
  encode?(words: readonly string[]): string | null;
  /** For `many`: whether a word after the first one still belongs to the flag; any does by default. */
  continues?(word: string): boolean;
}

export function accept<Value>(value: Value): Parsed<Value> {
  return { state: 'value', value };
}

export function refuse(why: string | null = null): { readonly state: 'refused'; readonly why: string | null } {
  return { state: 'refused', why };
}

/** A type of one word, which is read without the blanks around it. */
export function oneWord<Value>(
  label: string,
  allowed: string,
  read: (plain: string, readFile: ReadFile) => Parsed<Value>,
): ValueType<Value> {
  return { label, arity: 'one', allowed, parse: (given, readFile) => read(given.trim(), readFile) };
}
