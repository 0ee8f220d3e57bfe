import type { ValueType } from './value-type.ts';

/** Headings of the help text and of docs/parameters.md, in print order. */
export const GROUPS = [
  'Service',
  'Load',
  'Workload',
  'Generation',
  'Timeouts',
  'Measuring',
  'Results',
  'Running',
] as const;
type ParameterGroup = (typeof GROUPS)[number];

/** What the flag parser and the help text need; other commands describe their own flags with it. */
export interface FlagSpec {
  /** Key under which the value is kept, and the environment variable. */
  readonly env: string;
  /** Without the two dashes. */
  readonly flag: string;
  /** Its heading in help. */
  readonly group: ParameterGroup;
  /** One letter, without its dash. */
  readonly short?: string;
  /** Other spellings of the flag, not shown in help. */
  readonly aliases?: readonly string[];
  readonly type: ValueType<unknown>;
  /** The words after the flag in a right command line; for a switch the complete flag. */
  readonly example: readonly string[];
  readonly help: string;
  /** true: given several times, the values are added up, a line each; otherwise the last one counts. */
  readonly repeatable?: boolean;
  /** true: the value is shown nowhere. */
  readonly secret?: boolean;
}

/** One setting of a run: the single source for `__ENV`, flags, help, checks, the args file and docs/parameters.md. */
export interface Parameter<Name extends string = string> extends FlagSpec {
  readonly name: Name;
  /** The value when nothing is given. */
  readonly default: unknown;
  /** How the default is shown where its value does not speak for itself. */
  readonly defaultText?: string;
  /** Further environment variables, read in this order when `env` is not set. */
  readonly envFallbacks?: readonly string[];
  /** A right value of the environment variable, where it is not the example's only word. */
  readonly envExample?: string;
  /** A value of the environment variable that the operating system sets and nobody means. */
  readonly ignored?: RegExp;
  readonly required?: boolean;
  /** evalscope's key in `benchmark_args.json`, where it is not the flag with `_`. */
  readonly argsKey?: string;
}

/**
 * A setting or a command's flag as its table has it. What is left out follows from the rest: `group` from the row above, the flag
 * from the name (`topP`: `top-p`), `env` from the flag (in capitals, with `_`), the example of a switch from its default, and a
 * default of null.
 */
export type FlagRow = Omit<Parameter, 'name' | 'env' | 'flag' | 'group' | 'example' | 'default'> &
  Partial<Pick<Parameter, 'env' | 'flag' | 'group' | 'example' | 'default'>>;

/** What a table's rows are read as, by their names: null where nothing is given and the row has no default. */
export type ValuesOf<Table> = { readonly [Name in keyof Table]: ValueOf<Table[Name]> };

/** A default of another type than the values makes it `never`. */
type ValueOf<Row> = Row extends { readonly type: ValueType<infer Value> }
  ? Row extends { readonly default: Value }
    ? Value
    : Row extends { readonly default: infer Default }
      ? Default extends null
        ? Value | null
        : never
      : Value | null
  : never;

/** The rows of a table with everything that was left out. */
export function completeRows<Name extends string>(table: Readonly<Record<Name, FlagRow>>): Parameter<Name>[] {
  let group: ParameterGroup = 'Service';
  return (Object.entries(table) as [Name, FlagRow][]).map(([name, row]) => {
    group = row.group ?? group;
    const { flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), default: fallback = null } = row;
    const env = flag.toUpperCase().replace(/-/g, '_');
    const [example, envExample] = fallback === true ? [`--no-${flag}`, 'off'] : [`--${flag}`, 'true'];
    const ofSwitch = row.type.arity === 'switch' ? { envExample } : {};
    return { env, flag, example: [example], ...ofSwitch, ...row, default: fallback, name, group };
  });
}
