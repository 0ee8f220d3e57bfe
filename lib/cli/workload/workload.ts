import { closeSync, openSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { findApi } from '../../api/apis.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { PROMPT_SETTINGS, type PromptSettings } from '../../config/prompt-flags.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Prompt } from '../../dataset/prompt.ts';
import { findDataset } from '../../dataset/registry.ts';
import { loadRun, MADE_PROMPTS } from '../../scenario/load-run.ts';
import { ConfigError, EXIT_CODES, type Problem } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { readTextFile } from '../../shared/node-read-text.ts';
import { PROMPTS_FILE } from '../../shared/result-files.ts';
import { createExactMaker, type ExactMaker } from '../../tokens/exact-prompts.ts';
import { loadTokenizer, type Tokenizer } from '../../tokens/node-tokenizer.ts';
import { CommandError } from '../support/output.ts';
import { DATASETS_DIR } from '../support/package-paths.ts';

type Settings = Readonly<Record<string, string | undefined>>;

/** Prompts that the command line makes for a bundle, since they need a tokenizer. */
export interface Workload {
  /** What is wrong with them. */
  readonly problems: readonly Problem[];
  /**
   * Writes them into the folder of a run.
   *
   * @param env of the bundle
   * @returns the settings with which the bundle sends them
   */
  write(folder: string, env: Readonly<Record<string, string>>, surroundings: Surroundings): Promise<WrittenPrompts>;
}

interface Surroundings {
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

interface WrittenPrompts {
  /** The dataset whose script reads them. */
  readonly dataset: RunConfig['dataset'];
  readonly settings: Readonly<Record<string, string>>;
}

/** APIs that know no roles, whose servers take a prompt as it is. */
const WITHOUT_TEMPLATE: readonly string[] = ['openai-completions', 'tgi'];
/** Between two looks at whether somebody wants to stop. */
const TURN_MS = 200;

const loaded = new Map<string, Tokenizer>();

/**
 * Loads the tokenizer of a run where it needs one before it sends anything.
 *
 * @throws {ConfigError} like `loadTokenizer`
 */
export async function readyTokenizer(settings: Settings): Promise<void> {
  const { TOKENIZER: name = '', DATASET: dataset = '' } = settings;
  const isMade = makesPrompts((findDataset(dataset as RunConfig['dataset']) as Dataset | undefined) ?? null);
  if (name !== '' && isMade && !loaded.has(name)) loaded.set(name, await loadTokenizer(name));
}

/** Whether the prompts of a dataset are single texts of lengths that are asked for. */
function makesPrompts(dataset: Dataset | null): boolean {
  return dataset?.generate !== undefined && dataset.arrange === undefined && dataset.apis === undefined;
}

/**
 * null where a bundle needs no help. The tokenizer was made ready before.
 *
 * @param prompts those that the bundle would make
 */
export function planWorkload(config: RunConfig, settings: Settings, prompts: readonly Prompt[]): Workload | null {
  const problems: Problem[] = [];
  const given = PROMPT_SETTINGS.read(Object.fromEntries(Object.entries(settings).filter(isSet)), problems);
  const dataset = findDataset(config.dataset);
  const tokenizer = loaded.get(config.tokenizer ?? '');
  const isMade = makesPrompts(dataset) && config.datasetPath === null && config.prompt === null;
  if (tokenizer === undefined || !isMade) return problems.length === 0 ? null : { problems, write: writeNothing };
  const maker = createExactMaker(tokenizer, usesTemplate(config, given), config.prefixLength);
  const shortest = prompts.reduce(
    (least, { input_tokens = 0 }) => Math.min(least, input_tokens),
    Number.POSITIVE_INFINITY,
  );
  if (shortest <= maker.templateTokens + config.prefixLength) problems.push(describeUnfit(shortest, tokenizer, maker));
  return {
    problems,
    async write(folder, env, { say, signal }) {
      const path = join(folder, PROMPTS_FILE);
      await writePrompts(path, makePrompts(dataset, env), { maker, tokenizer, signal });
      say(`prompts: ${escapeText(path)}, exact for ${escapeText(basename(tokenizer.name))}`);
      const isOpenEnded = [config.number, config.durationS, config.rateStages, config.schedule].every(
        (v) => v === null,
      );
      const number = isOpenEnded ? { NUMBER: String(dataset.pass ?? MADE_PROMPTS) } : {};
      // They are of these lengths, and of this run, already.
      const done = { MIN_PROMPT_LENGTH: '', MAX_PROMPT_LENGTH: '', CACHE_BUST: '' };
      return { dataset: config.dataset, settings: { ...done, ...number, DATASET_PATH: path } };
    },
  };
}

function writeNothing(): never {
  throw new Error('a run with problems was begun');
}

function isSet(entry: [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined;
}

export function usesTemplate(config: RunConfig, { applyChatTemplate }: PromptSettings): boolean {
  return applyChatTemplate ?? !WITHOUT_TEMPLATE.includes(findApi(config).name);
}

/** The prompts as the bundle would make them. */
function makePrompts(dataset: Dataset, env: Readonly<Record<string, string>>): readonly Prompt[] {
  const run = loadRun(dataset, env, {
    readText: readTextFile,
    share: (_, build) => build(),
    datasetsDir: DATASETS_DIR,
    style: 'flag',
  });
  if (run.state === 'refused') throw new ConfigError(run.problems);
  return run.prompts;
}

interface Writing {
  readonly maker: ExactMaker;
  readonly tokenizer: Tokenizer;
  readonly signal: AbortSignal | undefined;
}

async function writePrompts(
  path: string,
  prompts: readonly Prompt[],
  { maker, tokenizer, signal }: Writing,
): Promise<void> {
  const file = openSync(path, 'w');
  try {
    let turnAt = Date.now() + TURN_MS;
    for (const prompt of prompts) {
      const content = maker.fit(prompt);
      if (content === null) throw new ConfigError([describeUnfit(prompt.input_tokens ?? 0, tokenizer, maker)]);
      const { max_tokens, input_tokens } = prompt;
      writeFileSync(file, `${JSON.stringify({ prompt: content, max_tokens, input_tokens })}\n`);
      if (Date.now() < turnAt) continue;
      await nextTurn();
      turnAt = Date.now() + TURN_MS;
      if (signal?.aborted === true) throw new CommandError('stopped while prompts were made', EXIT_CODES.interrupted);
    }
  } finally {
    closeSync(file);
  }
}

/** Why there is no text of a length, its prefix among it. */
export function describeUnfit(
  tokens: number,
  { name }: Pick<Tokenizer, 'name'>,
  { templateTokens }: Pick<ExactMaker, 'templateTokens'>,
): Problem {
  const why = templateTokens === 0 ? '' : `, whose chat template alone takes ${templateTokens}`;
  return {
    key: 'INPUT_LEN (--input-len)',
    got: `a prompt of ${tokens} tokens, which cannot be made for ${name}${why}`,
    allowed: `more than ${templateTokens} tokens beside the prefix; --no-apply-chat-template counts the text alone`,
    paste: `--input-len ${Math.max(tokens, templateTokens) + 16}`,
  };
}
