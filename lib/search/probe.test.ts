import { describe, expect, it } from 'vitest';
import { listProbeLooks } from './probe.ts';

describe('listProbeLooks', () => {
  it('is one look of 30 requests, or of one for each user', () => {
    expect(listProbeLooks({ load: 8, kind: 'look' })).toEqual([30]);
    expect(listProbeLooks({ load: 64, kind: 'look' })).toEqual([64]);
    expect(listProbeLooks({ load: 0.5, kind: 'look' })).toEqual([30]);
  });

  it('looks half as late again each time, up to the most that is sent', () => {
    // By hand: 200 · 1.5 and so on, up to 1,500.
    expect(listProbeLooks({ load: 8, kind: 'resolve' })).toEqual([200, 300, 450, 675, 1013, 1500]);
    expect(listProbeLooks({ load: 2000, kind: 'resolve' })).toEqual([2000]);
  });
});
