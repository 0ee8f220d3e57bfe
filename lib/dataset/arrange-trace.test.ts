import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import { createRandom } from '../shared/random.ts';
import { arrangeConversations, drawDelay } from './arrange-conversations.ts';
import { arrangeTrace } from './arrange-trace.ts';
import type { Conversation, Prompt, Turn } from './prompt.ts';

const ask = (text: string, more: Partial<Turn> = {}): Turn => ({
  messages: [{ role: 'user', content: text }],
  ...more,
});
const at = (start_ms: number, ...turns: Turn[]): Prompt => {
  const [first, ...next] = turns.length > 0 ? turns : [ask(String(start_ms))];
  return { ...(first as Turn), start_ms, next } as Conversation;
};
const settings = (more: Record<string, string> = {}) =>
  configOf({ DATASET: 'trace', DATASET_PATH: 't.jsonl', ...more });
const textsOf = (prompts: readonly Prompt[]) => prompts.map(({ messages }) => messages[0]?.content);

describe('arrangeTrace', () => {
  // evalscope's tests/perf/test_workload_trace.py: 10, 12, 15 s are 0, 2, 5; 10 and 14 s at speed 2 are 0 and 2.
  it('counts from the first start, at the speed asked for, in the order of the times', () => {
    expect(arrangeTrace([at(10_000), at(12_000), at(15_000)], settings(), 'flag').times).toEqual([0, 2, 5]);
    expect(arrangeTrace([at(10_000), at(14_000)], settings({ SPEED: '2' }), 'flag').times).toEqual([0, 2]);
    const unsorted = arrangeTrace([at(2000), at(0)], settings(), 'flag');
    expect([unsorted.times, textsOf(unsorted.prompts)]).toEqual([
      [0, 2],
      ['0', '2000'],
    ]);
    expect(unsorted.notes.join(' ')).toContain('not in the order');
  });

  it('plays a window, and shortens gaps', () => {
    const all = [at(0), at(1000), at(61_000), at(62_000)];
    const window = arrangeTrace(all, settings({ START_OFFSET: '1', END_OFFSET: '62' }), 'flag');
    expect([window.times, textsOf(window.prompts)]).toEqual([
      [0, 60],
      ['1000', '61000'],
    ]);
    expect(window.notes).toEqual(['2 of 4 conversations of the trace start outside of the window.']);
    expect(arrangeTrace(all, settings({ MAX_GAP: '5' }), 'flag').times).toEqual([0, 1, 6, 7]);
    const nothing = arrangeTrace(all, settings({ START_OFFSET: '99' }), 'flag');
    expect(nothing.problems[0]).toMatchObject({ allowed: 'times from 0 to 62 s, the last start of the trace' });
  });

  it('starts later turns at their time, or as long after the answer before as recorded', () => {
    const trace = [at(0, ask('a', { duration_ms: 400 }), ask('b', { at_ms: 1000 }), ask('c', { at_ms: 9000 }))];
    const next = (more: Record<string, string>) =>
      (arrangeTrace(trace, settings(more), 'flag').prompts[0] as Conversation).next?.map(({ at_ms, delay_ms }) => ({
        at_ms,
        delay_ms,
      }));
    expect(next({})).toEqual([{ delay_ms: 600 }, { delay_ms: 8000 }]);
    expect(next({ MAX_GAP: '2', SPEED: '2' })).toEqual([{ delay_ms: 300 }, { delay_ms: 1000 }]);
    expect(next({ TURN_RULE: 'timestamp', SPEED: '2' })).toEqual([{ at_ms: 500 }, { at_ms: 4500 }]);
  });

  it('makes answers as long as recorded, but where their form says otherwise', () => {
    const turn = (body?: Record<string, unknown>) => {
      const trace = [at(0, ask('a', { output_tokens: 42, max_tokens: 999, ...(body === undefined ? {} : { body }) }))];
      const { max_tokens, body: sent } = arrangeTrace(trace, settings({ MATCH_OUTPUT_LENGTH: 'true' }), 'flag')
        .prompts[0] as Conversation;
      return [max_tokens, sent?.['ignore_eos']];
    };
    // evalscope's own cases.
    expect(turn()).toEqual([42, true]);
    expect(turn({ tool_choice: 'auto', response_format: { type: 'text' } })).toEqual([42, true]);
    expect(turn({ tool_choice: 'required' })).toEqual([999, undefined]);
    expect(turn({ response_format: { type: 'json_schema' } })).toEqual([999, undefined]);
  });

  it('refuses what does not say when it starts', () => {
    const { problems } = arrangeTrace([ask('a')], settings(), 'flag');
    expect(problems[0]).toMatchObject({
      got: '1 of 1 conversations have no "start_ms"',
      paste: '--dataset multi-turn',
    });
  });
});

describe('arrangeConversations', () => {
  const config = (more: Record<string, string> = {}) => configOf({ DATASET: 'multi-turn', ...more });
  const reply = { role: 'assistant', content: 'r' };
  const three = { ...ask('a', { reply }), next: [ask('b', { delay_ms: 5 }), ask('c')] } as Prompt;
  const one = { ...ask('d', { reply: { role: 'assistant', content: null, tool_calls: [{}] } }), next: [] } as Prompt;

  it('leaves out short ones, cuts long ones, and waits as the file or the setting says', () => {
    const { prompts, notes } = arrangeConversations(
      [three, one],
      config({ MIN_TURNS: '2', MAX_TURNS: '3', TURN_DELAY: '2s', SYSTEM_PROMPT: 's' }),
      'flag',
    );
    expect(notes).toEqual(['--min-turns left out 1 of 2 conversations.']);
    expect(prompts).toEqual([
      {
        messages: [{ role: 'system', content: 's' }, ...ask('a').messages],
        next: [ask('b', { delay_ms: 5 }), ask('c', { delay_ms: 2000 })],
      },
    ]);
    expect((arrangeConversations([three], config({ MAX_TURNS: '1' }), 'flag').prompts[0] as Conversation).next).toEqual(
      [],
    );
    expect(arrangeConversations([one], config({ MIN_TURNS: '2' }), 'env').problems[0]?.paste).toBe('-e MIN_TURNS=1');
  });

  it('keeps recorded answers where the history is to hold them, and calls of tools always', () => {
    const replies = (history: string) =>
      arrangeConversations([three, one], config({ HISTORY: history }), 'flag').prompts.map(
        (prompt) => (prompt as Turn).reply !== undefined,
      );
    expect(replies('recorded')).toEqual([true, true]);
    expect(replies('served')).toEqual([false, true]);
  });

  it('draws waits with the mean asked for', () => {
    for (const shape of ['uniform', 'exponential', 'normal', 'lognormal'] as const) {
      const random = createRandom(1);
      const draws = Array.from({ length: 20_000 }, () => drawDelay({ shape, meanMs: 1000, deviationMs: 300 }, random));
      const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
      // Four standard errors, of the widest.
      expect(Math.abs(mean - 1000)).toBeLessThan(4 * (1000 / Math.sqrt(draws.length)));
      expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    }
  });
});
