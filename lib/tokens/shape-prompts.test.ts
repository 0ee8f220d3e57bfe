import { describe, expect, it } from 'vitest';
import { createPromptShaper, cutText, type PromptShape } from './shape-prompts.ts';

/** A token a character, as in evalscope's own tests, whose numbers these are. */
const coder = {
  count: (text: string) => text.length,
  encode: (text: string) => [...text].map((letter) => letter.charCodeAt(0)),
  decode: (ids: readonly number[]) => String.fromCharCode(...ids),
};
const user = (content: string) => ({ role: 'user', content });
const shape = (given: Partial<PromptShape>, ...messages: { role: string; content: string }[]) =>
  createPromptShaper({ target: 10, mode: 'cap', prefix: null, ...given }, coder)({ messages })?.messages ?? null;
const prefix = (text: string, role: 'system' | 'user' = 'system') => ({ prefix: { text, role } });

describe('createPromptShaper', () => {
  it('cuts what is longer, and keeps or leaves out what is shorter', () => {
    expect([cutText('abcdefghij', 5, coder), cutText('abc', 5, coder)]).toEqual(['abcde', 'abc']);
    const five = (mode: 'cap' | 'drop') => ['abcdefghij', 'abc'].map((text) => shape({ target: 5, mode }, user(text)));
    expect(five('cap')).toEqual([[user('abcde')], [user('abc')]]);
    expect(five('drop')).toEqual([[user('abcde')], null]);
    expect(shape({}, user('abcdefghij'))).toEqual([user('abcdefghij')]);
  });

  it('fills what is shorter with as much of a text as is missing, again and again if need be', () => {
    const system = (content: string) => ({ role: 'system', content });
    expect(shape(prefix('PREFIXTEXTLONG'), user('abc'))).toEqual([system('PREFIXT'), user('abc')]);
    expect(shape(prefix('PREFIXTEXTLONG', 'user'), user('abc'))).toEqual([user('PREFIXTabc')]);
    expect(shape(prefix('PQR'), user('abc'))?.[0]?.content).toBe('PQRPQRP');
    expect(shape(prefix('PQR'), user('abcdefghijkl'))).toEqual([user('abcdefghij')]);
  });

  it('cuts no conversation', () => {
    const talk = [user('hi'), { role: 'assistant', content: 'yo' }, user('abc')];
    expect(shape(prefix('PREFIX'), ...talk)).toEqual([{ role: 'system', content: 'PRE' }, ...talk]);
    expect(shape(prefix('PREFIX', 'user'), ...talk)?.[0]).toEqual(user('PREhi'));
    expect(shape(prefix('PREFIX'), ...talk, user('123456789'))).toBeNull();
  });
});
