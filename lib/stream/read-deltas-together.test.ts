import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delta } from '../api/delta.ts';
import { openaiChat } from '../api/openai-chat.ts';
import { readOpenaiEvent } from '../api/read-event.ts';
import { toEventTexts } from './event-texts.ts';
import { walkDeltas } from './read-deltas.ts';

const chunk = (content: string, rest: object = {}): string =>
  JSON.stringify({ id: 'c-1', choices: [{ index: 0, delta: { content }, finish_reason: null, ...rest }] });
const FINISH = JSON.stringify({ id: 'c-1', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
const USAGE = JSON.stringify({ id: 'c-1', choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } });

/** What a walk tells, as if each event had been read alone; the text of a run counts for its first event. */
function walk(data: readonly string[]): { deltas: Delta[]; text: string; runs: number } {
  const deltas: Delta[] = [];
  let text = '';
  let runs = 0;
  walkDeltas(toEventTexts(data), openaiChat, true, {
    onDelta(delta, index) {
      expect(index).toBe(deltas.length);
      deltas.push({ ...delta, text: '' });
      text += delta.text;
    },
    onAlike(run, from, to) {
      expect(from).toBe(deltas.length);
      runs += 1;
      for (let i = from; i < to; i++) deltas.push({ ...run.delta, text: '' });
      text += run.text;
    },
  });
  return { deltas, text, runs };
}

function expectAsParsed(data: readonly string[]): void {
  const parsed = data.map((event) => readOpenaiEvent(event, ''));
  const { deltas, text } = walk(data);
  expect(deltas).toEqual(parsed.map((delta) => ({ ...delta, text: '' })));
  expect(text).toBe(parsed.map((delta) => delta.text).join(''));
}

describe('walkDeltas', () => {
  it('reads like events together, and the same of them as parsing each would', () => {
    const words = Array.from({ length: 5000 }, (_, i) => ['a', ' "b"', '\\', '\n', ' 你好', '🌍'][i % 6] as string);
    const data = [chunk(''), ...words.map((word) => chunk(word)), FINISH, USAGE];
    expectAsParsed(data);
    // One look per block of 32: 5,003 events are 157.
    expect(walk(data).runs).toBe(157);
  });

  it('finds the one event that is different, wherever it is among 300', () => {
    const different = [
      FINISH,
      '{"error":"x"}',
      'no JSON',
      chunk(''),
      chunk('x', { finish_reason: 'length' }),
      '',
      '\n',
    ];
    for (const odd of different) {
      for (const at of [0, 1, 2, 9, 150, 290, 298, 299]) {
        const data = Array.from({ length: 300 }, (_, i) => chunk(`w${i}`));
        data[at] = odd;
        expectAsParsed(data);
      }
    }
  });

  it('is not misled by events that hold the end of one and the start of another', () => {
    const one = chunk('@');
    const [head, tail] = one.split('@') as [string, string];
    const alike = Array.from({ length: 20 }, () => chunk('w'));
    // Joined by line ends, these are as many pieces as events, cut in other places.
    const glued = `${head}a${tail}\n${head}b${tail}`;
    for (const tricky of [
      [glued, `${head}c`],
      [glued, 'x'],
      [`${head}a\\${tail}`, `${head},"b${tail}`],
      [`${head}a\\${tail}`, `${head}n${tail}`],
      [`${head}\\u12${tail}`, `${head}34${tail}`],
      [`${head}${tail}`, glued],
    ]) {
      expectAsParsed([...alike, ...tricky, ...alike, FINISH, USAGE]);
    }
  });

  it('agrees with parsing for any mix of shapes and texts', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    const event = fc.oneof(
      { weight: 20, arbitrary: text.map((value) => chunk(value)) },
      { weight: 6, arbitrary: text.map((value) => JSON.stringify({ choices: [{ delta: { reasoning: value } }] })) },
      { weight: 1, arbitrary: fc.constantFrom(FINISH, USAGE, '{}', '[', '') },
      { weight: 1, arbitrary: text },
    );
    const block = fc.tuple(event, fc.integer({ min: 1, max: 60 })).map(([data, times]) => Array(times).fill(data));
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
        expectAsParsed((blocks as string[][]).flat());
      }),
    );
  });
});
