import { describe, expect, it } from 'vitest';
import { createFailureTeller, forgetTold, MOST_NOTES } from './failure-teller.ts';

describe('createFailureTeller', () => {
  it('tells each kind once where copies share their globals, whichever VU meets it', () => {
    const common = { process: {} };
    const [first, second] = [1, 2].map(() => createFailureTeller('run', common));
    expect(second?.isFirstOfKind('refused')).toBe(true);
    expect(first?.isFirstOfKind('refused')).toBe(false);
    expect(first?.isFirstOfKind('timeout')).toBe(true);
  });

  it('tells anew in another run of the process, of the same id too', () => {
    const common = { process: {} };
    createFailureTeller('run', common).isFirstOfKind('refused');
    expect(createFailureTeller('other', common).isFirstOfKind('refused')).toBe(true);
    expect(createFailureTeller('run', common).isFirstOfKind('refused')).toBe(false);
    forgetTold('run', common);
    expect(createFailureTeller('run', common).isFirstOfKind('refused')).toBe(true);
  });

  it('tells at once on each of 100 VUs that share nothing, however few of them meet it', () => {
    const vus = Array.from({ length: 100 }, () => createFailureTeller('run', {}));
    expect(vus.filter((vu) => vu.isFirstOfKind('refused'))).toHaveLength(100);
    expect(vus.filter((vu) => vu.isFirstOfKind('refused'))).toHaveLength(0);
    expect(vus[73]?.isFirstOfKind('timeout')).toBe(true);
  });

  it('tells so many notes of a server and no more, and kinds of failure all the same', () => {
    const teller = createFailureTeller('run', {});
    const notes = Array.from({ length: 1000 }, (_, index) => `text in the unknown field f${index}`);
    expect(notes.filter((note) => teller.isFirstNote(note))).toHaveLength(MOST_NOTES);
    expect(teller.isFirstOfKind('refused')).toBe(true);
  });
});
