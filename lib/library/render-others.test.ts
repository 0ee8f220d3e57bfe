import { expect, it } from 'vitest';
import { renderOthers } from './render-others.ts';

it('has the checks of all groups and the metrics that are not ours, within 80 columns', () => {
  const data = {
    root_group: {
      checks: [{ name: 'ok', passes: 3, fails: 0 }],
      groups: [
        { name: 'search', checks: { found: { name: `found ${'x'.repeat(100)}`, passes: 1, fails: 2 } }, groups: [] },
      ],
    },
    metrics: {
      llm_ttft: { type: 'trend', contains: 'time', values: { avg: 1 } },
      'llm_ttft{step:a}': { type: 'trend', contains: 'time', values: { avg: 1 } },
      checks: { type: 'rate', contains: 'default', values: { rate: 0.75, passes: 3, fails: 1 } },
      own: { type: 'trend', contains: 'time', values: { avg: 1.2345, 'p(95)': 200.4 } },
    },
  };
  const lines = renderOthers(data, ['llm_ttft']).split('\n');
  expect(lines.slice(0, 3)).toEqual(['', 'Checks', '  ✓ ok: 3 passed']);
  expect(lines[3]).toMatch(/^ {2}✗ search › found x+…$/);
  expect(lines.slice(5, 8)).toEqual([
    'Other metrics',
    '  checks                     75 % (3 of 4)',
    '  own                        avg 1.23, p(95) 200 ms',
  ]);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(80);
});

it('is empty where there is nothing', () => {
  expect(renderOthers({ metrics: {} }, [])).toBe('');
  expect(renderOthers(null, [])).toBe('');
});
