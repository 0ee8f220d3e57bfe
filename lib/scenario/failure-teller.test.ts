import { describe, expect, it } from 'vitest';
import { createFailureTeller, forgetTold } from './failure-teller.ts';

const RUN = { runId: 'run', parallel: 100, isFiltered: false };

describe('createFailureTeller', () => {
  it('tells each kind once where copies share their globals, whichever VU meets it', () => {
    const common = { process: {} };
    const [first, second] = [1, 2].map(() => createFailureTeller({ ...RUN, common }));
    second?.note('refused', 'request 1 failed: refused');
    first?.note('refused', 'request 0 failed: refused');
    first?.note('timeout', 'request 2 failed: timeout');
    expect(second?.due(57, 0)).toEqual(['request 1 failed: refused']);
    expect(first?.due(3, 0)).toEqual(['request 2 failed: timeout']);
    expect(first?.due(3, 0)).toEqual([]);
  });

  it('tells anew in another run of the process, of the same id too', () => {
    const common = { process: {} };
    createFailureTeller({ ...RUN, common }).note('refused', 'a');
    expect(createFailureTeller({ ...RUN, runId: 'other', common }).note('refused', 'b')).toBe(true);
    expect(createFailureTeller({ ...RUN, common }).note('refused', 'c')).toBe(false);
    forgetTold('run', common);
    expect(createFailureTeller({ ...RUN, common }).note('refused', 'd')).toBe(true);
  });

  it('lets ten of a hundred VUs that share nothing speak in one second, and every one within ten', () => {
    const vus = Array.from({ length: 100 }, (_, index) => {
      const teller = createFailureTeller({ ...RUN, common: {} });
      teller.note('refused', `request ${index} failed: refused`);
      return teller;
    });
    const lines = (second: number): number =>
      vus.reduce((sum, teller, index) => sum + teller.due(index + 1, second * 1000).length, 0);
    expect(Array.from({ length: 11 }, (_, second) => lines(second))).toEqual([...Array<number>(10).fill(10), 0]);
  });

  it.each([
    ['few VUs', { parallel: 10 }],
    ['somebody who filters', { isFiltered: true }],
  ])('keeps nobody waiting with %s', (_, given) => {
    const teller = createFailureTeller({ ...RUN, ...given, common: {} });
    teller.note('refused', 'line');
    expect(teller.due(7, 0)).toEqual(['line']);
  });
});
