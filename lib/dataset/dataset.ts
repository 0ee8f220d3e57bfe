import type { Parameter } from '../config/parameter.ts';
import type { RunConfig } from '../config/parameters.ts';
import type { LoadedPrompts } from './load-prompts.ts';
import type { Prompt } from './prompt.ts';
import type { PromptResult } from './prompt-fields.ts';

/** One place of a file and what was read there. */
export interface PromptSource {
  /** Appended to the path: `:17` for a line, `[16]` for an element. */
  readonly place: string;
  readonly shown: string;
  readonly result: PromptResult;
}

/** How a file of prompts is written. */
export interface PromptFormat {
  /** What is right, for messages. */
  readonly allowed: string;
  /** The text of a file, without a byte order mark, as prompts and refusals in their order. */
  read(text: string): PromptSource[];
  /** What of the text that was read last was left out, for the results. */
  listNotes?(): readonly string[];
  /** A right line that holds this text, to paste. */
  formatLine(text: string): string;
}

/**
 * One dataset: `--dataset NAME`, `scripts/NAME.ts` and `lib/dataset/sets/NAME.ts`, which exports a function that makes it.
 * A function, because the build puts each of these files into a part of the bundle that only the script's first copy calls.
 */
export interface Dataset {
  readonly name: string;
  /** The included file in `datasets/`; null: a user has to bring one. */
  readonly file: string | null;
  /** A name that a user's file might have. */
  readonly exampleFile: string;
  /** What is included and how a file is written, for the documents. */
  readonly content: string;
  readonly written: string;
  /** The JSON key that tells its lines from those of other datasets. */
  readonly key?: string;
  /** Endings that tell its files. */
  readonly endings?: readonly string[];
  /** How many made prompts are one pass over it; 1,000 where nothing is said. */
  readonly pass?: number;
  /** Settings that only this dataset has, a table in `lib/config/`; other scripts neither know nor hold them. */
  readonly parameters?: readonly Parameter[];
  /** The APIs that its prompts are for, where those are not chats: such an API takes no other dataset. */
  readonly apis?: readonly string[];
  /** Puts prompts together that are one request. */
  group?(prompts: readonly Prompt[], config: RunConfig): Prompt[];
  /** The format of a file by its path. */
  formatOf(path: string): PromptFormat;
  /**
   * Makes the prompts of a run by seed and index, where no file is named (`generatePrompts`). Called once per process; they go
   * into the SharedArray.
   *
   * @param count how many requests the run sends, warm-up included
   * @param style whether problems suggest flags or `-e` settings
   */
  generate?(config: RunConfig, count: number, style: 'flag' | 'env'): LoadedPrompts;
  /** What the settings do to the prompts of a file, where that is more than the filter of lengths. */
  arrange?(prompts: readonly Prompt[], config: RunConfig, style: 'flag' | 'env'): Arranged;
}

/** Prompts in the order in which they are sent. */
export interface Arranged extends LoadedPrompts {
  /** When they start, in seconds since the first: of a trace, which is its own schedule. */
  readonly times?: readonly number[];
}
