import type { FlagSpec } from '../config/parameter.ts';
import { renderFlagHelp } from '../config/render-help.ts';
import { renderHelpRow } from '../shared/help-layout.ts';
import { wrapText } from '../shared/wrap-text.ts';
import type { Output, StopSignal } from './support/output.ts';

/** The parts of `process` that commands use, so that tests can hand in their own. */
export interface ProcessLike extends Output {
  readonly env: Readonly<Record<string, string | undefined>>;
  cwd(): string;
  on(event: StopSignal, listener: () => void): unknown;
  off(event: StopSignal, listener: () => void): unknown;
  exit(code: number): never;
}

/** A flag as completion needs it; `words` are what may follow, `takes` says which files. */
export interface CompletedFlag {
  /** With its dashes. */
  readonly flag: string;
  readonly text: string;
  readonly words: readonly string[];
  readonly takes: 'nothing' | 'word' | 'file' | 'folder';
}

/** What `--help` shows of a command, and what completion is made from. */
export interface CommandHelp {
  /** The whole first line, from `k6-llm-perf` on. */
  readonly usage: string;
  /** Three command lines to copy. */
  readonly examples: readonly [string, string, string];
  /** What it does, as one paragraph. */
  readonly about: string;
  /** The words that are not flags: names as the usage has them, and their meanings. */
  readonly words?: readonly (readonly [name: string, text: string])[];
  readonly flags: readonly FlagSpec[];
  /** Flags that the help does not list by `flags`, for completion. */
  readonly moreFlags?: readonly CompletedFlag[];
  /** What follows the flags, laid out already. */
  readonly more?: string;
  /** The words that may take the place of a file. */
  readonly choices?: readonly string[];
}

export interface Command {
  readonly help: CommandHelp;
  /** Runs with the words after its name; resolves to the exit code. */
  run(args: readonly string[], process: ProcessLike): Promise<number>;
}

/** Every command by its name: a line about it, and its module. */
export type CommandTable = Readonly<
  Record<string, { readonly text: string; readonly load: () => Promise<{ readonly command: Command }> }>
>;

/** The help text of a command, at most 80 columns wide; ends with a line feed. */
export function renderCommandHelp({ usage, examples, about, words = [], flags, more }: CommandHelp): string {
  const parts = [
    `Usage: ${usage}`,
    ['Examples', ...examples.map((line) => `  ${line}`)].join('\n'),
    wrapText(about).join('\n'),
    words.map(([name, text]) => renderHelpRow(name, text)).join('\n'),
    renderFlagHelp(flags),
    more ?? '',
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
