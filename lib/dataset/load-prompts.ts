import type { RunConfig } from '../config/parameters.ts';
import { encodingOf, whyUnreadable } from '../shared/decode-text.ts';
import type { Problem } from '../shared/errors.ts';
import { quoteForShell } from '../shared/quote-for-shell.ts';
import { isHarmless, showPath } from '../shared/show-word.ts';
import type { Dataset } from './dataset.ts';
import { parsePrompts } from './parse-prompts.ts';
import type { Prompt } from './prompt.ts';
import { promptLength, promptUnits } from './prompt-text.ts';

export interface PromptReader {
  /** Reads a whole file as text; throws where it cannot. */
  readText(path: string): string;
  readonly dataset: Dataset;
  /** Where the set that comes with it is; null where none does. */
  readonly defaultPath: string | null;
  /** Whether problems suggest flags (the default) or `-e` settings. */
  readonly style?: 'flag' | 'env';
}

/** The prompts of a run, or what is wrong with them: there are prompts exactly when there are no problems. */
export interface LoadedPrompts {
  readonly prompts: Prompt[];
  readonly problems: readonly Problem[];
  /** What the length filter left out, for the results; none where it left out nothing. */
  readonly notes: readonly string[];
}

type PromptSettings = Pick<RunConfig, 'datasetPath' | 'prompt' | 'minPromptLength' | 'maxPromptLength'>;

/**
 * The prompts of a run: the one of the setting `prompt`, which nothing filters, or those of the dataset whose length
 * is within `min-` and `max-prompt-length`, both included, as in current evalscope.
 */
export function loadPrompts(config: PromptSettings, reader: PromptReader): LoadedPrompts {
  if (config.prompt !== null) {
    return { prompts: [{ messages: [{ role: 'user', content: config.prompt }] }], problems: [], notes: [] };
  }
  const { dataset, style = 'flag' } = reader;
  const path = config.datasetPath ?? reader.defaultPath;
  if (path === null) {
    return refuse(describePath(`nothing, and the dataset ${dataset.name} comes without a file`, dataset, style));
  }
  let text: string;
  try {
    text = reader.readText(path);
  } catch (error) {
    return refuse(describeUnreadable(path, error, dataset, style));
  }
  const parsed = parsePrompts(dataset, path, text);
  if (parsed.problems.length > 0) return { prompts: [], problems: parsed.problems, notes: [] };
  if (parsed.prompts.length === 0) return refuse(describePath(`${showPath(path)}: no prompt in it`, dataset, style));
  return filterByLength(
    parsed.prompts.map(({ prompt }) => prompt),
    config,
    style,
    parsed.notes,
  );
}

/** @param before notes of what was left out before */
function filterByLength(
  prompts: readonly Prompt[],
  config: PromptSettings,
  style: 'flag' | 'env',
  before: readonly string[] = [],
): LoadedPrompts {
  const { minPromptLength, maxPromptLength } = config;
  const fitting: Prompt[] = [];
  const dropped: Prompt[] = [];
  for (const prompt of prompts) (fits(prompt, config) ? fitting : dropped).push(prompt);
  if (fitting.length > 0) {
    const note = `The length filter left out ${countDropped(dropped, config)} of ${prompts.length} prompts, in ${describeUnit(prompts)}.`;
    return { prompts: fitting, problems: [], notes: dropped.length === 0 ? before : [...before, note] };
  }
  const lengths = prompts.map(promptLength).sort((a, b) => a - b);
  const [shortest = 0] = lengths;
  const longest = lengths.at(-1) ?? 0;
  // Everything fits between the shortest and the longest, so one bound out of place is named.
  const [env, flag, value] =
    minPromptLength > longest
      ? ['MIN_PROMPT_LENGTH', 'min-prompt-length', shortest]
      : ['MAX_PROMPT_LENGTH', 'max-prompt-length', longest];
  return refuse({
    key: `${env} (--${flag})`,
    got: `none of ${prompts.length} prompts between ${minPromptLength} and ${maxPromptLength} (${countDropped(prompts, config)})`,
    allowed: `the prompts are ${shortest} to ${longest} long, in ${describeUnit(prompts)}`,
    paste: style === 'flag' ? `--${flag} ${value}` : `-e ${env}=${value}`,
  });
}

/** Characters outside the basic plane count once and are two units: only near a bound they have to be counted. */
function fits(prompt: Prompt, { minPromptLength, maxPromptLength }: PromptSettings): boolean {
  const units = prompt.input_tokens === undefined ? promptUnits(prompt) : 0;
  if (units >= minPromptLength * 2 && units > 0 && units <= maxPromptLength) return true;
  const length = promptLength(prompt);
  return length >= minPromptLength && length <= maxPromptLength;
}

/** `3 shorter than 16, 1 longer than 4096`; empty where all fit. */
function countDropped(prompts: readonly Prompt[], { minPromptLength, maxPromptLength }: PromptSettings): string {
  const lengths = prompts.map(promptLength);
  const shorter = lengths.filter((length) => length < minPromptLength).length;
  const longer = lengths.filter((length) => length > maxPromptLength).length;
  return [
    ...(shorter > 0 ? [`${shorter} shorter than ${minPromptLength}`] : []),
    ...(longer > 0 ? [`${longer} longer than ${maxPromptLength}`] : []),
  ].join(', ');
}

function describeUnit(prompts: readonly Prompt[]): string {
  const counted = prompts.filter(({ input_tokens }) => input_tokens !== undefined).length;
  if (counted === prompts.length) return 'tokens';
  return counted === 0 ? 'characters' : 'tokens where they are counted, else characters';
}

/** What a file is that is not text, and the line that makes one of it where there is one. */
function describeUnreadable(path: string, error: unknown, dataset: Dataset, style: 'flag' | 'env'): Problem {
  const problem = describePath(`${showPath(path)}: ${whyUnreadable(error)}`, dataset, style);
  const encoding = encodingOf(error);
  if (encoding === null) return problem;
  const file = isHarmless(path) ? quoteForShell(path) : 'prompts.jsonl';
  return {
    ...problem,
    allowed: 'UTF-8, UTF-16 with its byte order mark, or either of them in gzip',
    paste: `k6-llm-perf prepare ${file} --encoding ${encoding}`,
  };
}

function describePath(got: string, { name, exampleFile }: Dataset, style: 'flag' | 'env'): Problem {
  return {
    key: 'DATASET_PATH (--dataset-path)',
    got,
    allowed: `the path of a file with prompts for ${name}`,
    paste: style === 'flag' ? `--dataset-path ${exampleFile}` : `-e DATASET_PATH=${exampleFile}`,
  };
}

function refuse(problem: Problem): LoadedPrompts {
  return { prompts: [], problems: [problem], notes: [] };
}
