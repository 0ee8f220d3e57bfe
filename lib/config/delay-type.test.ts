import { expect, it } from 'vitest';
import { delay } from './delay-type.ts';

const parse = (text: string) => {
  const parsed = delay.parse(text, () => '');
  return parsed.state === 'value' ? [parsed.value.shape, parsed.value.meanMs, parsed.value.deviationMs] : parsed.state;
};

it('reads a length of time, or how it is distributed', () => {
  expect(
    ['2s', '0', '1.5', 'uniform:1s,5s', 'exponential:2s', 'normal:2s,500ms', 'lognormal:2s,1s'].map(parse),
  ).toEqual([
    ['constant', 2000, 0],
    ['constant', 0, 0],
    ['constant', 1500, 0],
    ['uniform', 3000, 2000],
    ['exponential', 2000, 0],
    ['normal', 2000, 500],
    ['lognormal', 2000, 1000],
  ]);
  const wrong = [
    '',
    '-1',
    'soon',
    'uniform:5s,1s',
    'uniform:1s',
    'normal:2s',
    'exponential:1s,2s',
    'zipf:1',
    'normal:0,1',
    '1,2',
    'normal:1,x',
  ];
  expect(wrong.map(parse)).toEqual(wrong.map(() => 'refused'));
});
