import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiChat } from '../api/openai-chat.ts';
import { type EventTexts, toEventTexts } from './event-texts.ts';
import { walkDeltas } from './read-deltas.ts';
import { createEventRecorder } from './record-events.ts';

const chunk = (content: string): string =>
  JSON.stringify({ id: 'c-1', choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const reasoning = (text: string): string => JSON.stringify({ id: 'c-1', choices: [{ delta: { reasoning: text } }] });
const FINISH = JSON.stringify({ id: 'c-1', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });

/** What a recorder keeps of a stream that ends in `[DONE]`, after which the server goes on. */
function keep(data: readonly string[], keepText: boolean, gapMs = 0, startMs = 0): EventTexts {
  const clock = { currentTestRunDuration: startMs };
  const recorder = createEventRecorder(clock, 1000, () => {}, keepText, openaiChat);
  for (const text of [...data, '[DONE]', ...Array(100).fill(chunk('late'))]) {
    clock.currentTestRunDuration += gapMs;
    recorder.onEvent({ data: text, name: '' });
  }
  const kept = recorder.finish();
  expect(kept.times).toHaveLength(data.length);
  return kept.data;
}

/** All that a walk tells, event by event, and the whole text. */
function walk(data: EventTexts, keepText: boolean): { events: string[]; text: string } {
  const events: string[] = [];
  let text = '';
  walkDeltas(data, openaiChat, keepText, {
    onDelta(delta, index) {
      expect(index).toBe(events.length);
      events.push(JSON.stringify({ ...delta, text: '' }));
      text += delta.text;
    },
    onAlike(run, from, to) {
      expect(from).toBe(events.length);
      for (let i = from; i < to; i++) events.push(JSON.stringify({ ...run.delta, text: '' }));
      text += run.text;
    },
  });
  return { events, text: keepText ? text : '' };
}

describe('createEventKeeper', () => {
  it('keeps no text of the like events of a long answer, after the first 1,024', () => {
    const data = [chunk(''), ...Array.from({ length: 10_000 }, (_, i) => chunk(` ${i}`)), FINISH];
    const { length, parts } = keep(data, false);
    expect(length).toBe(10_002);
    const alike = parts.filter(({ kind }) => kind === 'alike');
    expect(alike).toMatchObject([{ from: 1025, to: 9983, texts: [] }]);
    expect(parts.map(({ from }) => from)).toEqual([
      ...Array.from({ length: 33 }, (_, block) => block * 32),
      1025,
      9983,
    ]);
  });

  it('leaves an answer of usual length as it is', () => {
    const data = Array.from({ length: 1024 }, (_, i) => chunk(` ${i}`));
    expect(keep(data, false)).toEqual(toEventTexts(data));
  });

  it.each([0, 0.011])(
    'leaves little of a slow answer for its end, wherever its looks begin (started at %f ms)',
    (startMs) => {
      const data = [chunk(''), ...Array.from({ length: 128 }, (_, i) => chunk(` ${i}`)), FINISH];
      const { parts } = keep(data, false, 20, startMs);
      expect(parts.map(({ kind }) => kind)).toEqual(['read', 'alike', 'raw']);
      const left = parts.at(-1);
      expect(data.length - (left?.from ?? 0)).toBeLessThan(18);
      expect(walk(keep(data, true, 20, startMs), true)).toEqual(walk(toEventTexts(data), true));
    },
  );

  it('keeps what the model wrote where that is wanted', () => {
    const words = Array.from({ length: 2000 }, (_, i) => [' "a"', '\n', '你好'][i % 3] as string);
    expect(walk(keep(words.map(chunk), true), true).text).toBe(words.join(''));
  });

  it('follows a stream from reasoning to content', () => {
    const data = [...Array(1500).fill(reasoning('hm')), ...Array(1500).fill(chunk('so'))];
    const { parts } = keep(data, false);
    expect(parts.filter(({ kind }) => kind === 'alike')).toHaveLength(2);
    expect(walk(keep(data, true), true)).toEqual(walk(toEventTexts(data), true));
  });

  it('keeps chunks that are all different as they are', () => {
    const data = Array.from({ length: 1000 }, (_, i) =>
      JSON.stringify({ id: i, choices: [{ delta: { content: 'a' } }] }),
    );
    expect(keep(data, false)).toEqual(toEventTexts(data));
  });

  it('changes nothing of what a stream says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    const event = fc.oneof(
      { weight: 20, arbitrary: text.map(chunk) },
      { weight: 6, arbitrary: text.map(reasoning) },
      { weight: 1, arbitrary: fc.constantFrom(FINISH, '{}', '[', '{"error":"x"}') },
    );
    const block = fc.tuple(event, fc.integer({ min: 1, max: 400 })).map(([data, times]) => Array(times).fill(data));
    fc.assert(
      fc.property(
        fc.array(block, { maxLength: 8 }),
        fc.boolean(),
        fc.nat(20),
        fc.nat(11),
        (blocks, keepText, gapMs, start) => {
          const data = (blocks as string[][]).flat();
          expect(walk(keep(data, keepText, gapMs, start / 1000), keepText)).toEqual(walk(toEventTexts(data), keepText));
        },
      ),
    );
  });
});
