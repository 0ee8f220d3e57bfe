import { beforeAll, describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import { loadTokenizer, type Tokenizer } from '../tokens/node-tokenizer.ts';
import { promptText } from './prompt-text.ts';
import { sonnet } from './sets/sonnet.ts';
import { listWords } from './words.ts';

function make(settings: Readonly<Record<string, string>> = {}, count = 4) {
  const config = configOf({ URL: 'http://h/v1', DATASET: 'sonnet', ...settings });
  return sonnet().generate(config, count, 'env');
}

let tokenizers: readonly Tokenizer[];
beforeAll(async () => {
  tokenizers = [await loadTokenizer('o200k_base'), await loadTokenizer('cl100k_base')];
});

describe('sonnet', () => {
  it("has vLLM's lengths: 550 tokens, 200 of them shared, 150 for the answer, as tiktoken counts them", () => {
    const { prompts } = make({}, 20);
    const texts = prompts.slice(0, 20).map(promptText);
    for (const { count } of tokenizers) {
      expect(texts.map(count)).toEqual(Array(20).fill(550));
      // The shared beginning ends at a word.
      const shared = texts.map((text) => listTokens(text).slice(0, 200).join(' ').replace(/ \n/g, '\n'));
      expect(new Set(shared).size).toBe(1);
      expect(count(shared[0]!)).toBe(200);
    }
    expect(new Set(texts.map((text) => listTokens(text).slice(0, 230).join(' '))).size).toBe(20);
    expect(prompts.map(({ input_tokens, max_tokens }) => [input_tokens, max_tokens])).toEqual(
      Array(21).fill([550, 150]),
    );
    // The connection test's prompt is in no cache's prefix.
    expect(promptText(prompts[20]!).slice(0, 20)).not.toBe(texts[0]!.slice(0, 20));
  });

  it('is of words that are one token each, in lines', () => {
    const words = new Set(listWords().split(' '));
    const lines = promptText(make({ INPUT_LEN: '3000' }).prompts[0]!).split('\n');
    expect(lines.length).toBeGreaterThan(250);
    expect(lines.slice(1).every((line) => /^ [a-z]+(?: [a-z]+)*$/.test(line))).toBe(true);
    expect(lines.flatMap((line) => line.trim().split(' ')).filter((word) => !words.has(word))).toEqual([]);
  });

  it.each([
    [{ INPUT_LEN: '201' }, 201, 150],
    [{ INPUT_LEN: '1', PREFIX_LENGTH: '0' }, 1, 150],
    [{ INPUT_LEN: '9', PREFIX_LENGTH: '8', MAX_TOKENS: '7' }, 9, undefined],
    [{ INPUT_LEN: '300', OUTPUT_LEN: '12' }, 300, 12],
    [{ LENGTH_MIX: '400,30:1' }, 400, 30],
    [{ MIN_PROMPT_LENGTH: '260', MAX_PROMPT_LENGTH: '260' }, 260, 150],
  ] as const)('takes %j', (settings, input, output) => {
    const [{ count }] = tokenizers as [Tokenizer];
    const { prompts, problems } = make(settings);
    expect(problems).toEqual([]);
    expect(prompts.map((prompt) => [count(promptText(prompt)), prompt.max_tokens])).toEqual(
      Array(5).fill([input, output]),
    );
  });

  it('refuses an input that is no longer than its prefix', () => {
    const [problem] = make({ INPUT_LEN: '200' }).problems;
    expect(problem).toMatchObject({
      got: expect.stringContaining('200 tokens, no more than the 200'),
      paste: '-e INPUT_LEN=550',
    });
  });

  it('is the same for a seed, and another for each run that is to meet no cache', () => {
    const start = (settings: Readonly<Record<string, string>>) => promptText(make(settings).prompts[0]!).slice(0, 300);
    expect(start({})).toBe(start({}));
    expect(start({ SEED: '7' })).not.toBe(start({}));
    const marked = { CACHE_BUST: 'prefix' };
    expect(start({ ...marked, RUN_ID: 'a' })).not.toBe(start({ ...marked, RUN_ID: 'b' }));
    const two = make({ PREFIX_COUNT: '2' }).prompts.map((prompt) => promptText(prompt).slice(0, 300));
    expect([two[0] === two[2], two[0] === two[1]]).toEqual([true, false]);
  });
});

/** Words, and the line feeds between them. */
function listTokens(text: string): string[] {
  return text.split(/ |(?=\n)/);
}
