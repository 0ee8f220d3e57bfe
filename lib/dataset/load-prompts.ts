import type { RunConfig } from '../config/run-config.ts';
import type { Problem } from '../shared/errors.ts';
import { showPath } from '../shared/show-word.ts';
import { type CsvReader, isCsvFile, parsePrompts } from './parse-prompts.ts';
import type { Prompt } from './prompt.ts';
import { promptLength } from './prompt-text.ts';

export interface PromptReader {
  /** Reads a whole file as text; throws where it cannot. */
  readText(path: string): string;
  /** The set that comes with the workload; null where none does. */
  readonly defaultPath: string | null;
  /** `readCsvPrompts`, for the workload that reads CSV. */
  readonly readCsv?: CsvReader | undefined;
  /** Whether problems suggest flags (the default) or `-e` settings. */
  readonly style?: 'flag' | 'env';
}

/** The prompts of a run, or what is wrong with them: there are prompts exactly when there are no problems. */
export interface LoadedPrompts {
  readonly prompts: Prompt[];
  readonly problems: readonly Problem[];
}

type PromptSettings = Pick<RunConfig, 'dataset' | 'datasetPath' | 'prompt' | 'minPromptLength' | 'maxPromptLength'>;

/**
 * The prompts of a run: the one of the setting `prompt`, which nothing filters, or those of the dataset whose length
 * is within `min-` and `max-prompt-length`, both included, as in current evalscope.
 */
export function loadPrompts(config: PromptSettings, reader: PromptReader): LoadedPrompts {
  if (config.prompt !== null) {
    return { prompts: [{ messages: [{ role: 'user', content: config.prompt }] }], problems: [] };
  }
  const style = reader.style ?? 'flag';
  const path = config.datasetPath ?? reader.defaultPath;
  if (path === null) return refuse(describePath('nothing', config, style));
  let text: string;
  try {
    text = reader.readText(path);
  } catch {
    return refuse(describePath(`${showPath(path)}: the file cannot be read`, config, style));
  }
  if (isCsvFile(config.dataset, path) && reader.readCsv === undefined) {
    return refuse(describePath(`${showPath(path)}: this script reads no CSV`, config, style));
  }
  const parsed = parsePrompts(config.dataset, path, text, reader.readCsv);
  if (parsed.problems.length > 0) return { prompts: [], problems: parsed.problems };
  if (parsed.prompts.length === 0) return refuse(describePath(`${showPath(path)}: no prompt in it`, config, style));
  return filterByLength(
    parsed.prompts.map(({ prompt }) => prompt),
    config,
    style,
  );
}

function filterByLength(prompts: readonly Prompt[], config: PromptSettings, style: 'flag' | 'env'): LoadedPrompts {
  const { minPromptLength, maxPromptLength } = config;
  const fitting = prompts.filter((prompt) => {
    const length = promptLength(prompt);
    return length >= minPromptLength && length <= maxPromptLength;
  });
  if (fitting.length > 0) return { prompts: fitting, problems: [] };
  const lengths = prompts.map(promptLength).sort((a, b) => a - b);
  const shortest = lengths[0] ?? 0;
  const longest = lengths.at(-1) ?? 0;
  // Everything fits between the shortest and the longest, so one bound out of place is named.
  const isTooHigh = minPromptLength > longest;
  const [env, flag, value] = isTooHigh
    ? ['MIN_PROMPT_LENGTH', 'min-prompt-length', shortest]
    : ['MAX_PROMPT_LENGTH', 'max-prompt-length', longest];
  return refuse({
    key: `${env} (--${flag})`,
    got: `none of ${prompts.length} prompts between ${minPromptLength} and ${maxPromptLength}`,
    allowed: `the prompts are ${shortest} to ${longest} long, in ${describeUnit(prompts)}`,
    paste: style === 'flag' ? `--${flag} ${value}` : `-e ${env}=${value}`,
  });
}

function describeUnit(prompts: readonly Prompt[]): string {
  const counted = prompts.filter(({ input_tokens }) => input_tokens !== undefined).length;
  if (counted === prompts.length) return 'tokens';
  return counted === 0 ? 'characters' : 'tokens where they are counted, else characters';
}

function describePath(got: string, { dataset }: PromptSettings, style: 'flag' | 'env'): Problem {
  const file = dataset === 'line-by-line' ? 'prompts.txt' : dataset === 'longalpaca' ? 'prompts.json' : 'prompts.jsonl';
  return {
    key: 'DATASET_PATH (--dataset-path)',
    got,
    allowed: `the path of a file with prompts for ${dataset}`,
    paste: style === 'flag' ? `--dataset-path ${file}` : `-e DATASET_PATH=${file}`,
  };
}

function refuse(problem: Problem): LoadedPrompts {
  return { prompts: [], problems: [problem] };
}
