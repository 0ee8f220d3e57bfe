import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import type { TiktokenBPE } from 'js-tiktoken/lite';
import type { ChatMessage } from '../dataset/prompt.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { ConfigError } from '../shared/errors.ts';
import { isObject } from '../shared/json.ts';
import { ownValue } from '../shared/own-value.ts';
import { showPath } from '../shared/show-word.ts';
import { loadChatTemplate } from './node-chat-template.ts';
import { recountTokens } from './recount-tokens.ts';

/** Counts tokens of plain text. */
export interface Tokenizer {
  /** As it was asked for: an encoding, or a path. */
  readonly name: string;
  /** Without special tokens added at either end; 0 for an empty text. */
  count(text: string): number;
  /** The ids that `count` counts. */
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** Tokens of messages as the model gets them, in its chat template; null where the files of the model have none. */
  readonly countChat: ((messages: readonly ChatMessage[]) => number) | null;
}

/** Each is megabytes of ranks, so each is loaded only when it is asked for. */
const ENCODINGS: Readonly<Record<string, () => Promise<{ default: TiktokenBPE }>>> = {
  o200k_base: () => import('js-tiktoken/ranks/o200k_base'),
  cl100k_base: () => import('js-tiktoken/ranks/cl100k_base'),
};

function refuseTokenizer(got: string): ConfigError {
  return new ConfigError([
    {
      key: 'TOKENIZER (--tokenizer)',
      got,
      allowed: `${Object.keys(ENCODINGS).join(', ')}, or the path of a Hugging Face tokenizer.json or of its folder`,
      paste: '--tokenizer o200k_base',
    },
  ]);
}

/**
 * Loads a tokenizer: OpenAI's `o200k_base` (GPT-4o and later) or `cl100k_base` (GPT-4, GPT-3.5), or the `tokenizer.json`
 * that lies beside a model's weights.
 *
 * Node only: it costs a second and a hundred megabytes, which no VU can afford.
 * @param nameOrPath an encoding's name, or the path of a `tokenizer.json` or of the folder that holds it
 * @throws {ConfigError} for any other name, a missing file, and a file that is not a tokenizer
 */
export async function loadTokenizer(nameOrPath: string): Promise<Tokenizer> {
  const loadRanks = ownValue(ENCODINGS, nameOrPath);
  return loadRanks === undefined ? loadHuggingFace(nameOrPath) : loadTiktoken(nameOrPath, loadRanks);
}

/**
 * What `recountTokens` makes of a record, with a tokenizer by its name; null: the record itself.
 *
 * @throws {ConfigError} like `loadTokenizer`
 */
export async function loadRecount(
  tokenizer: string | null,
  keepText: boolean,
): Promise<(record: RequestRecord) => RequestRecord> {
  if (tokenizer === null) return (record) => record;
  const { count } = await loadTokenizer(tokenizer);
  return (record) => recountTokens(record, count, keepText);
}

async function loadTiktoken(name: string, loadRanks: () => Promise<{ default: TiktokenBPE }>): Promise<Tokenizer> {
  const [{ Tiktoken }, { default: ranks }] = await Promise.all([import('js-tiktoken/lite'), loadRanks()]);
  const encoding = new Tiktoken(ranks);
  // A text that happens to hold `<|endoftext|>` is text: it is neither special nor an error.
  const encode = (text: string): number[] => encoding.encode(text, [], []);
  return {
    name,
    count: (text) => encode(text).length,
    encode,
    decode: (ids) => encoding.decode([...ids]),
    countChat: null,
  };
}

function loadHuggingFace(path: string): Tokenizer {
  if (!existsSync(path)) throw refuseTokenizer(`${showPath(path)}, which is neither a known encoding nor a file`);
  const file = statSync(path).isDirectory() ? join(path, 'tokenizer.json') : path;
  const configFile = join(dirname(file), 'tokenizer_config.json');
  let tokenizer: HuggingFaceTokenizer;
  let config: unknown;
  try {
    config = existsSync(configFile) ? JSON.parse(readFileSync(configFile, 'utf8')) : {};
    tokenizer = new HuggingFaceTokenizer(JSON.parse(readFileSync(file, 'utf8')), config as object);
  } catch {
    throw refuseTokenizer(`${showPath(path)}, which cannot be read as a tokenizer`);
  }
  const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
  const count = (text: string): number => encode(text).length;
  const render = loadChatTemplate(dirname(file), isObject(config) ? config : {});
  return {
    name: path,
    count,
    encode,
    decode: (ids) => tokenizer.decode([...ids], { clean_up_tokenization_spaces: false }),
    countChat: render === null ? null : (messages) => count(render(messages)),
  };
}
