/** The headings of the help text. Knobs of `fault` fall back to their defaults on requests the fault gates spare. */
export const KNOB_GROUPS = {
  server: 'Server',
  timing: 'Timing',
  output: 'Output',
  shape: 'Shape of the stream',
  wire: 'Bytes and connections',
  gate: 'Which requests fail',
  fault: 'Faults',
} as const;

export type KnobGroup = keyof typeof KNOB_GROUPS;

/** One knob without its name: how its value is written, what it is when nobody sets it, what it does. */
export interface KnobSpec<T> {
  readonly default: T;
  readonly text: string;
  /** The placeholder in the help text: `MS`, `COUNT`, `on|off`. */
  readonly type: string;
  /** What is allowed, for refusals. */
  readonly allowed: string;
  /** The value, or undefined when the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
  /** A value that is right, for refusals. */
  readonly example: string;
  /** False for what cannot differ between requests, and for secrets, which belong into no further header. */
  readonly perRequest: boolean;
  /** A boolean flag may come without a value. */
  readonly standsAlone: boolean;
  /** True for values that no message may show. */
  readonly secret: boolean;
}

function spec<T>(
  fallback: T,
  text: string,
  type: string,
  allowed: string,
  parse: (text: string) => T | undefined,
): KnobSpec<T> {
  const flags = { perRequest: true, standsAlone: false, secret: false };
  return { default: fallback, text, type, allowed, parse, example: String(fallback), ...flags };
}

/** A whole number from `low` to `high`, both included; `type` is its name in the help text. */
export function integer(fallback: number, text: string, low = 0, high = 1e9, type = 'COUNT'): KnobSpec<number> {
  const allowed = `a whole number from ${low} to ${high}`;
  return spec(fallback, text, type, allowed, (value) => inRange(value, low, high, true));
}

/** A number from 0 to `high`; `type` is its unit in the help text. */
export function decimal(fallback: number, type: string, text: string, high = 1e9): KnobSpec<number> {
  return spec(fallback, text, type, `a number from 0 to ${high}`, (value) => inRange(value, 0, high, false));
}

/** `on` or `off` (also true/false, yes/no, 1/0); the flag alone means on. */
export function toggle(fallback: boolean, text: string): KnobSpec<boolean> {
  return { ...spec(fallback, text, 'on|off', 'on or off', parseToggle), example: 'on', standsAlone: true };
}

/** One of a closed list, the first of which is the default. */
export function choice<const T extends string>(values: readonly [T, ...T[]], text: string): KnobSpec<T> {
  return spec<T>(values[0], text, values.join('|'), `one of ${values.join(', ')}`, (value) =>
    values.find((known) => known === value),
  );
}

/** Any text that is not empty. */
export function words(fallback: string, text: string, type = 'TEXT'): KnobSpec<string> {
  return spec(fallback, text, type, 'a text that is not empty', (value) => value || undefined);
}

/** One name of a list that the help shows elsewhere. */
export function nameOf(names: readonly string[], text: string): KnobSpec<string> {
  return spec(names[0] as string, text, 'NAME', "a name that the mock's help lists", (value) =>
    names.find((name) => name === value),
  );
}

/** A place in a stream: `arrival`, `headers`, or a number of output chunks. */
export function place(text: string): KnobSpec<'arrival' | 'headers' | number> {
  const allowed = 'arrival, headers, a whole number of chunks from 0';
  return spec<'arrival' | 'headers' | number>(3, text, 'arrival|headers|CHUNK', allowed, (value) =>
    value === 'arrival' || value === 'headers' ? value : inRange(value, 0, 1e9, true),
  );
}

/** The same knob, or `off`, which is `null` and the default; what was the default is the example. */
export function orOff<T>(knob: KnobSpec<T>): KnobSpec<T | null> {
  const isOff = (value: string) => value === 'off' || value === 'none';
  return {
    ...knob,
    default: null,
    allowed: `${knob.allowed}, or off`,
    parse: (value) => (isOff(value) ? null : knob.parse(value)),
  };
}

/** A chunk with output, from `low`, at which a fault happens. */
export function chunkNumber(text: string, low = 0): KnobSpec<number | null> {
  return orOff(integer(1, text, low, 1e9, 'CHUNK'));
}

/** The same knob for the whole server only: no header sets it. */
export function serverOnly<T>(knob: KnobSpec<T>): KnobSpec<T> {
  return { ...knob, perRequest: false };
}

/** The same knob, its value shown nowhere. */
export function secret<T>(knob: KnobSpec<T>): KnobSpec<T> {
  return { ...knob, perRequest: false, secret: true };
}

function inRange(value: string, low: number, high: number, whole: boolean): number | undefined {
  if (!/^\d+(\.\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  return number < low || number > high || (whole && !Number.isInteger(number)) ? undefined : number;
}

function parseToggle(value: string): boolean | undefined {
  if (['on', 'true', 'yes', '1'].includes(value)) return true;
  return ['off', 'false', 'no', '0'].includes(value) ? false : undefined;
}
