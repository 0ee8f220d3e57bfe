import type { RunConfig } from './run-config.ts';
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
export type ParameterGroup = (typeof GROUPS)[number];

export type ConfigKey = Exclude<keyof RunConfig, 'given'>;

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
export interface Parameter<Value = unknown> extends FlagSpec {
  readonly name: ConfigKey;
  /** The value when nothing is given. */
  readonly default: Value;
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
