import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import type { ChatMessage } from '../dataset/prompt.ts';
import { ConfigError } from '../shared/errors.ts';
import { isObject, type JsonObject, parseJson } from '../shared/json.ts';
import { showPath } from '../shared/show-word.ts';

/** Messages as the text that the model gets, up to where its answer begins. */
export type RenderChat = (messages: readonly ChatMessage[]) => string;

/** Special tokens that templates name. */
const TOKENS = ['bos_token', 'eos_token', 'unk_token', 'pad_token'] as const;

/**
 * The chat template of a model, from the files beside its tokenizer: `chat_template.jinja`, `chat_template.json`, or the key of
 * `tokenizer_config.json`, of several the one named `default`. It is run as Hugging Face runs it, without tools, and with the
 * generation prompt.
 *
 * @param config what `tokenizer_config.json` holds
 * @returns null where none of them has one
 * @throws {ConfigError} for a template that is not Jinja, or that refuses a message of a user
 */
export function loadChatTemplate(folder: string, config: JsonObject): RenderChat | null {
  const found = findTemplate(folder, config);
  if (found === null) return null;
  const tokens = Object.fromEntries(TOKENS.map((name) => [name, textOf(config[name])]));
  try {
    const template = new Template(found.text);
    const render: RenderChat = (messages) => template.render({ ...tokens, messages, add_generation_prompt: true });
    render([{ role: 'user', content: 'hello' }]);
    return render;
  } catch (error) {
    throw new ConfigError([
      {
        key: 'TOKENIZER (--tokenizer)',
        got: `${showPath(found.path)}: the chat template cannot be used: ${(error as Error).message.split('\n')[0]}`,
        allowed: "the model's own template, which takes a message of a user; or a folder without a template",
        paste: '--tokenizer tokenizer.json',
      },
    ]);
  }
}

function findTemplate(folder: string, config: JsonObject): { readonly path: string; readonly text: string } | null {
  const jinja = join(folder, 'chat_template.jinja');
  if (existsSync(jinja)) return { path: jinja, text: readFileSync(jinja, 'utf8') };
  const json = join(folder, 'chat_template.json');
  const parsed = existsSync(json) ? parseJson(readFileSync(json, 'utf8')) : undefined;
  const ofJson = isObject(parsed) ? textOf(parsed['chat_template']) : '';
  if (ofJson !== '') return { path: json, text: ofJson };
  const ofConfig = textOf(config['chat_template']);
  return ofConfig === '' ? null : { path: join(folder, 'tokenizer_config.json'), text: ofConfig };
}

/** A text; that of an added token, or of the template named `default` in a list of them. Empty where there is none. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value))
    return textOf(value.find((entry) => isObject(entry) && entry['name'] === 'default')?.template);
  return isObject(value) ? textOf(value['content']) : '';
}
