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
  readonly group: KnobGroup;
  /** The placeholder in the help text: `MS`, `COUNT`, `on|off`. */
  readonly type: string;
  readonly default: T;
  readonly text: string;
  /** What is allowed, for refusals. */
  readonly allowed: string;
  /** A value that is right, for refusals. */
  readonly example: string;
  /** False for what cannot differ between requests, and for secrets, which belong into no further header. */
  readonly perRequest: boolean;
  /** A boolean flag may stand alone. */
  readonly standsAlone: boolean;
  /** True for values that no message may show. */
  readonly secret: boolean;
  /** The value, or undefined when the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
}

type Details<T> = Partial<KnobSpec<T>>;

function spec<T>(group: KnobGroup, fallback: T, text: string, details: Details<T>): KnobSpec<T> {
  return {
    group,
    default: fallback,
    text,
    type: 'TEXT',
    allowed: 'any text',
    example: String(fallback),
    perRequest: true,
    standsAlone: false,
    secret: false,
    parse: () => undefined,
    ...details,
  };
}

/** A whole number from `low` to `high`, both included; `type` is its name in the help text. */
export function integer(
  group: KnobGroup,
  fallback: number,
  text: string,
  low = 0,
  high = 1e9,
  type = 'COUNT',
): KnobSpec<number> {
  return spec(group, fallback, text, {
    type,
    allowed: `a whole number from ${low} to ${high}`,
    parse: (value) => inRange(value, low, high, true),
  });
}

/** A number from 0 to `high`; `type` is its unit in the help text. */
export function decimal(group: KnobGroup, fallback: number, type: string, text: string, high = 1e9): KnobSpec<number> {
  return spec(group, fallback, text, {
    type,
    allowed: `a number from 0 to ${high}`,
    parse: (value) => inRange(value, 0, high, false),
  });
}

/** A whole number or `off`, which is `null` and the default. */
export function optionalInteger(
  group: KnobGroup,
  type: string,
  text: string,
  low = 0,
  high = 1e9,
): KnobSpec<number | null> {
  return spec<number | null>(group, null, text, {
    type,
    allowed: `a whole number from ${low} to ${high}, or off`,
    example: String(Math.max(low, 1)),
    parse: (value) => (isOff(value) ? null : inRange(value, low, high, true)),
  });
}

/** `on` or `off` (also true/false, yes/no, 1/0); the flag alone means on. */
export function toggle(group: KnobGroup, fallback: boolean, text: string): KnobSpec<boolean> {
  return spec(group, fallback, text, {
    type: 'on|off',
    allowed: 'on or off',
    example: 'on',
    standsAlone: true,
    parse: parseToggle,
  });
}

/** One of a closed list, the first of which is the default. */
export function choice<const T extends string>(
  group: KnobGroup,
  values: readonly [T, ...T[]],
  text: string,
): KnobSpec<T> {
  return spec<T>(group, values[0], text, {
    type: values.join('|'),
    allowed: `one of ${values.join(', ')}`,
    parse: (value) => values.find((known) => known === value),
  });
}

/** Any text that is not empty. */
export function words(group: KnobGroup, fallback: string, text: string, type = 'TEXT'): KnobSpec<string> {
  return spec(group, fallback, text, {
    type,
    allowed: 'a text that is not empty',
    parse: (value) => value || undefined,
  });
}

/** Any text or `off`, which is `null` and the default. */
export function optionalWords(group: KnobGroup, type: string, example: string, text: string): KnobSpec<string | null> {
  return spec<string | null>(group, null, text, {
    type,
    example,
    allowed: 'a text that is not empty, or off',
    parse: (value) => (isOff(value) ? null : value || undefined),
  });
}

/** One name of a long list, or `off`, which is `null` and the default. */
export function optionalName(group: KnobGroup, names: readonly string[], text: string): KnobSpec<string | null> {
  return spec<string | null>(group, null, text, {
    type: 'NAME',
    allowed: "a name that the mock's help lists, or off",
    example: names[0] as string,
    parse: (value) => (isOff(value) ? null : names.find((name) => name === value)),
  });
}

/** A place in a stream: `arrival`, `headers`, or a number of output chunks. */
export function place(group: KnobGroup, text: string): KnobSpec<'arrival' | 'headers' | number | null> {
  return spec<'arrival' | 'headers' | number | null>(group, null, text, {
    type: 'arrival|headers|CHUNK',
    allowed: 'arrival, headers, a whole number of chunks from 0, or off',
    example: '3',
    parse: (value) => {
      if (value === 'arrival' || value === 'headers') return value;
      return isOff(value) ? null : inRange(value, 0, 1e9, true);
    },
  });
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

function isOff(value: string): boolean {
  return value === 'off' || value === 'none';
}

function parseToggle(value: string): boolean | undefined {
  if (['on', 'true', 'yes', '1'].includes(value)) return true;
  return ['off', 'false', 'no', '0'].includes(value) ? false : undefined;
}
