import { closeSync, openSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { findApi } from '../../api/apis.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { Settings } from '../../config/node-flags.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { PROMPT_SETTINGS, type PromptSettings } from '../../config/prompt-flags.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Prompt } from '../../dataset/prompt.ts';
import { isArranged } from '../../dataset/prompt-ids.ts';
import { promptText } from '../../dataset/prompt-text.ts';
import { findDataset } from '../../dataset/registry.ts';
import { loadRun, MADE_PROMPTS } from '../../scenario/load-run.ts';
import { ConfigError, EXIT_CODES, type Problem } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { readTextFile } from '../../shared/node-read-text.ts';
import { PROMPTS_FILE } from '../../shared/result-files.ts';
import { showPath } from '../../shared/show-word.ts';
import { countWords, createExactMaker, createPromptCounter } from '../../tokens/exact-prompts.ts';
import { loadTokenizer, type Tokenizer } from '../../tokens/node-tokenizer.ts';
import { createPromptShaper } from '../../tokens/shape-prompts.ts';
import { CommandError, type Output } from '../support/output.ts';
import { DATASETS_DIR } from '../support/package-paths.ts';
import { createMadeLine, createShapedLine, describeUnfit, isOfTexts, type ToLine } from './prompt-lines.ts';
import { type ConvertedTrace, convertTraceFile, findConvertedTrace, forgetTraces } from './trace-file.ts';

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

export interface WrittenPrompts {
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
 * Makes ready what the prompts of a run need before anything is checked: its tokenizer, and a trace that is named as it was recorded.
 *
 * @throws {ConfigError} like `loadTokenizer`, and for a trace with rows that are none
 */
export async function readyWorkload(settings: Settings, cwd: string, stderr: Output['stderr']): Promise<void> {
  forgetTraces();
  const source = readSource(settings);
  const { dataset, datasetPath } = source ?? {};
  const isOfTalks = dataset === 'trace' || dataset === 'multi-turn';
  if (isOfTalks && typeof datasetPath === 'string') await convertTraceFile(resolve(cwd, datasetPath), stderr);
  const { TOKENIZER: name = '' } = settings;
  const { tokenizePrompt, targetInputLen } = PROMPT_SETTINGS.read(settings, []);
  const isMade = dataset !== undefined && findDataset(dataset).generate !== undefined;
  const isNeeded = tokenizePrompt || targetInputLen !== null || isMade;
  if (name !== '' && isNeeded && !loaded.has(name)) loaded.set(name, await loadTokenizer(name));
}

/** Where prompts come from, whatever else the settings say; null where that is wrong, which the run tells. */
function readSource({ DATASET, DATASET_PATH, MULTI_TURN }: Settings): RunConfig | null {
  return loadConfig({ MODEL: 'any', DATASET, DATASET_PATH, MULTI_TURN }, readTextFile).config;
}

/** Whether a dataset makes single texts of lengths that are asked for. */
export function makesTexts(dataset: Dataset): boolean {
  return dataset.generate !== undefined && !isArranged(dataset) && dataset.apis === undefined;
}

/** The dataset of a run, whose prompts get the length that is asked for. @param config null where it is wrong */
export function shapeDataset(dataset: Dataset, config: RunConfig | null, settings: Settings): Dataset {
  const given = PROMPT_SETTINGS.read(settings, []);
  const tokenizer = loaded.get(config?.tokenizer ?? '');
  if (tokenizer === undefined || given.targetInputLen === null || isArranged(dataset)) return dataset;
  const { targetInputLen: target, inputLenMode: mode, prefixRole: role } = given;
  const text = readPrefix(given.prefixFile);
  const shape = createPromptShaper({ target, mode, prefix: text === null ? null : { text, role } }, tokenizer);
  return {
    ...dataset,
    arrange(prompts) {
      const shaped = prompts.flatMap((prompt) => shape(prompt) ?? []);
      const left = prompts.length - shaped.length;
      const parted = prompts.filter(({ messages }) =>
        messages.some(({ content }) => typeof content !== 'string'),
      ).length;
      const why = parted === 0 ? '' : `, ${parted} of them since they hold content parts, such as pictures`;
      const notes = left === 0 ? [] : [`--target-input-len left out ${left} of ${prompts.length} prompts${why}.`];
      if (shaped.length > 0) return { prompts: shaped, problems: [], notes };
      const key = 'TARGET_INPUT_LEN (--target-input-len)';
      const problem =
        parted < prompts.length
          ? {
              key,
              got: `${target}, and none of ${prompts.length} prompts is so long`,
              allowed: 'a length that prompts have; or --input-len-mode cap',
              paste: '--input-len-mode cap',
            }
          : {
              key,
              got: `${target}, beside prompts that all hold content parts, such as pictures`,
              allowed: 'prompts of text alone',
              paste: 'leave --target-input-len out',
            };
      return { prompts: [], problems: [problem], notes: [] };
    },
  };
}

/** null without a file, or where it cannot be read, which `findProblems` tells. */
function readPrefix(path: string | null): string | null {
  try {
    return path === null ? null : readTextFile(path);
  } catch {
    return null;
  }
}

/**
 * null where a bundle needs no help. The tokenizer was made ready before.
 *
 * @param prompts those that the bundle would send
 */
export function planWorkload(config: RunConfig, settings: Settings, prompts: readonly Prompt[]): Workload | null {
  const problems: Problem[] = [];
  const given = PROMPT_SETTINGS.read(settings, problems);
  const plain = findDataset(config.dataset);
  problems.push(...findProblems(config, given, plain));
  const trace = findConvertedTrace(config.datasetPath, settings['PWD'] ?? '.');
  if (trace !== null) return planTrace(config, trace, problems);
  const tokenizer = loaded.get(config.tokenizer ?? '');
  const isMade = plain.generate !== undefined && config.datasetPath === null && config.prompt === null;
  const isShaped = given.tokenizePrompt || given.targetInputLen !== null;
  if (tokenizer === undefined || problems.length > 0 || (!isMade && !isShaped)) {
    return problems.length === 0 ? null : { problems, write: writeNothing };
  }
  const inChat = usesTemplate(config, given) && !given.tokenizePrompt;
  const maker = createExactMaker(tokenizer, inChat, config.prefixLength);
  const shortest = prompts.reduce(
    (least, prompt) => Math.min(least, countWords(promptText(prompt))),
    Number.POSITIVE_INFINITY,
  );
  if (isMade && isOfTexts(plain) && shortest <= maker.templateTokens + config.prefixLength)
    problems.push(describeUnfit(shortest, tokenizer, maker));
  const toLine = isMade
    ? createMadeLine(plain, given, tokenizer, maker)
    : createShapedLine(given, tokenizer, createPromptCounter(tokenizer, inChat));
  return {
    problems,
    async write(folder, env, { say, signal }) {
      const path = join(folder, PROMPTS_FILE);
      const { arrange: _, ...unarranged } = plain;
      // The bundle arranges what it reads.
      const dataset = isMade ? unarranged : shapeDataset(plain, config, env);
      await writeLines(path, loadPrompts(dataset, env), toLine, signal);
      say(`prompts: ${escapeText(path)}, ${isMade ? 'exact' : 'made'} for ${escapeText(basename(tokenizer.name))}`);
      const isOpenEnded = [config.number, config.durationS, config.rateStages, config.schedule].every(
        (v) => v === null,
      );
      const number = isMade && isOpenEnded ? { NUMBER: String(plain.pass ?? MADE_PROMPTS) } : {};
      // They are of these lengths, and of this run, already.
      const done = { MIN_PROMPT_LENGTH: '', MAX_PROMPT_LENGTH: ANY_LENGTH, CACHE_BUST: '', PROMPT: '' };
      return { dataset: isMade ? config.dataset : 'custom', settings: { ...done, ...number, DATASET_PATH: path } };
    },
  };
}

/** A trace as it was recorded, which a bundle does not read. */
function planTrace({ dataset, datasetPath }: RunConfig, trace: ConvertedTrace, problems: readonly Problem[]): Workload {
  return {
    problems,
    async write(folder, _, { say }) {
      const path = join(folder, PROMPTS_FILE);
      writeFileSync(path, trace.text);
      say(`prompts: ${escapeText(path)}, of the trace ${escapeText(basename(datasetPath ?? ''))} (${trace.format})`);
      return { dataset, settings: { DATASET_PATH: path } };
    },
  };
}

/** What is not counted in tokens is filtered by its characters otherwise. */
const ANY_LENGTH = String(Number.MAX_SAFE_INTEGER);

/** What of the settings does not go together. */
function findProblems(config: RunConfig, given: PromptSettings, dataset: Dataset): Problem[] {
  const { tokenizePrompt, targetInputLen, inputLenMode, prefixFile, prefixRole } = given;
  const problems: Problem[] = [];
  const complain = (flag: string, got: string, allowed: string, paste: string): void => {
    problems.push({ key: `${flag.toUpperCase().replace(/-/g, '_')} (--${flag})`, got, allowed, paste });
  };
  const asked = tokenizePrompt ? 'tokenize-prompt' : targetInputLen === null ? null : 'target-input-len';
  if (asked !== null && config.tokenizer === null)
    complain('tokenizer', `nothing, beside ${asked}`, 'the tokenizer of the model', '--tokenizer tokenizer.json');
  if (asked !== null && (isArranged(dataset) || dataset.apis !== undefined))
    complain(asked, `${config.dataset}, whose prompts are not single texts`, 'another dataset', `leave --${asked} out`);
  if (targetInputLen !== null && makesTexts(dataset))
    complain(
      'target-input-len',
      `${config.dataset}, which makes its lengths`,
      'input-len',
      `--input-len ${targetInputLen}`,
    );
  if (tokenizePrompt && findApi(config).name !== 'openai-completions') {
    const got = `${findApi(config).name}, which takes no token ids`;
    complain('tokenize-prompt', got, 'a URL that ends in /v1/completions', '--api openai-completions');
  }
  for (const [flag, isGiven] of [
    ['input-len-mode', inputLenMode === 'drop'],
    ['prefix-file', prefixFile !== null],
  ] as const) {
    if (isGiven && targetInputLen === null)
      complain(
        'target-input-len',
        `nothing, beside ${flag}`,
        'the length to fill or to cut to',
        '--target-input-len 1024',
      );
  }
  if (prefixRole === 'user' && prefixFile === null)
    complain('prefix-file', 'nothing, beside prefix-role', 'the path of a file with text', '--prefix-file manual.txt');
  if (prefixFile === null) return problems;
  if (inputLenMode === 'drop')
    complain(
      'prefix-file',
      'a text that fills short prompts, which input-len-mode drop leaves out',
      'one of the two',
      '--input-len-mode cap',
    );
  if ((readPrefix(prefixFile) ?? '').trim() === '')
    complain(
      'prefix-file',
      `${showPath(prefixFile)}: not a file with text`,
      'the path of a file with text',
      '--prefix-file manual.txt',
    );
  return problems;
}

function writeNothing(): never {
  throw new Error('a run with problems was begun');
}

function usesTemplate(config: RunConfig, { applyChatTemplate }: PromptSettings): boolean {
  return applyChatTemplate ?? !WITHOUT_TEMPLATE.includes(findApi(config).name);
}

/** The prompts as the bundle would send them. */
function loadPrompts(dataset: Dataset, env: Readonly<Record<string, string>>): readonly Prompt[] {
  const run = loadRun(dataset, env, {
    readText: readTextFile,
    share: (_, build) => build(),
    datasetsDir: DATASETS_DIR,
    style: 'flag',
  });
  if (run.state === 'refused') throw new ConfigError(run.problems);
  return run.prompts;
}

async function writeLines(
  path: string,
  prompts: readonly Prompt[],
  toLine: ToLine,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = openSync(path, 'w');
  try {
    let turnAt = Date.now() + TURN_MS;
    for (const prompt of prompts) {
      writeFileSync(file, `${JSON.stringify(toLine(prompt))}\n`);
      if (Date.now() < turnAt) continue;
      await nextTurn();
      turnAt = Date.now() + TURN_MS;
      if (signal?.aborted === true) throw new CommandError('stopped while prompts were made', EXIT_CODES.interrupted);
    }
  } finally {
    closeSync(file);
  }
}
