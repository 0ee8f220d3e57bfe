import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const SPECIAL = ['<s>', '<|user|>', '<|assistant|>'];
/** Three special tokens around what a user says. */
const TEMPLATE =
  '{{ bos_token }}{% for message in messages %}<|user|>{{ message.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}';

export const TEMPLATE_TOKENS = SPECIAL.length;

/**
 * Writes the files of a model whose tokens can be counted by hand: a token a letter, none for blanks, and three for the
 * template of its chat.
 *
 * @returns the path of its tokenizer.json
 */
export function writeLetterTokenizer(folder: string, template: string | null = TEMPLATE): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'tokenizer.json');
  const words = ['[UNK]', ...LETTERS, ...LETTERS.map((letter) => `##${letter}`)];
  const tokenizer = {
    version: '1.0',
    added_tokens: SPECIAL.map((content, index) => ({
      ...{ id: words.length + index, content, special: true },
      ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
    })),
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  };
  writeFileSync(path, JSON.stringify(tokenizer));
  const config = { bos_token: { content: '<s>' }, ...(template === null ? {} : { chat_template: template }) };
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
  return path;
}

/** Its tokens of a text of words. */
export function countLetters(text: string): number {
  return text.replace(/ /g, '').length;
}
