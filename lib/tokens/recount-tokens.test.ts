import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { recountTokens } from './recount-tokens.ts';

/** One token a letter. */
const letters = (text: string): number => text.length;

const UNCOUNTED = exampleRecord({
  token_source: 'chunks',
  input_tokens: null,
  output_tokens: 5,
  prompt: 'Why?',
  response: 'Because.',
});

describe('recountTokens', () => {
  it('counts prompt and answer, and computes TPOT anew', () => {
    expect(recountTokens(UNCOUNTED, letters, false)).toEqual(
      // (140 - 100) ms / (8 - 1) tokens
      exampleRecord({ token_source: 'tokenizer', input_tokens: 4, output_tokens: 8, tpot_ms: 40 / 7 }),
    );
  });

  it('keeps the texts when asked to', () => {
    expect(recountTokens(UNCOUNTED, letters, true)).toMatchObject({
      prompt: 'Why?',
      response: 'Because.',
      output_tokens: 8,
    });
  });

  it('counts an answer without streaming, which has neither chunks nor TPOT', () => {
    const record = {
      ...UNCOUNTED,
      token_source: null,
      output_tokens: null,
      stream: false,
      ttft_ms: null,
      tpot_ms: null,
    };
    expect(recountTokens(record, letters, false)).toMatchObject({
      output_tokens: 8,
      token_source: 'tokenizer',
      tpot_ms: null,
    });
  });

  it('has no TPOT when the answer is one token', () => {
    expect(recountTokens({ ...UNCOUNTED, response: 'B' }, letters, false)).toMatchObject({
      output_tokens: 1,
      tpot_ms: null,
    });
  });

  it('keeps input tokens that are known, and leaves them unknown without a prompt', () => {
    expect(recountTokens({ ...UNCOUNTED, input_tokens: 20 }, letters, false).input_tokens).toBe(20);
    const { prompt: _, ...withoutPrompt } = UNCOUNTED;
    expect(recountTokens(withoutPrompt, letters, false)).toMatchObject({ input_tokens: null, output_tokens: 8 });
  });

  it('leaves the server’s counts alone, and drops the texts all the same', () => {
    const record = exampleRecord({ prompt: 'Why?', response: 'Because.' });
    expect(recountTokens(record, letters, false)).toEqual(exampleRecord());
    expect(recountTokens(record, letters, true)).toEqual(record);
  });

  it('leaves failed requests, and those without text, as they are', () => {
    const failed = exampleFailure({ response: 'half an ans' });
    expect(recountTokens(failed, letters, true)).toEqual(failed);
    const bare = exampleRecord({ token_source: 'chunks' });
    expect(recountTokens(bare, letters, false)).toEqual(bare);
  });
});
