import { describe, expect, it } from 'vitest';
import { lengthMix, lengthSpread } from './length-type.ts';

const read = (text: string) => lengthSpread.parse(text, () => '');

describe('lengthSpread', () => {
  it.each([
    ['512', 'fixed', [512]],
    [' uniform:64,256 ', 'uniform', [64, 256]],
    ['Normal:512, 64', 'normal', [512, 64]],
    ['lognormal:800,400', 'lognormal', [800, 400]],
    ['exponential:200', 'exponential', [200]],
    ['zipf:1.2,16,4096', 'zipf', [1.2, 16, 4096]],
  ])('reads %s', (text, shape, parameters) => {
    expect(read(text)).toEqual({ state: 'value', value: { shape, parameters } });
  });

  it.each(['0', '-5', '1.5', 'abc', '5,6', 'normal:5', 'normal:0,5', 'uniform:9,3', 'uniform:0,3', 'zipf:1,9,3'])(
    'refuses %s',
    (text) => {
      expect(read(text).state).toBe('refused');
    },
  );

  it.each(['99999999', 'constructor:5', 'normal:5,', 'normal:,5', ':5'])('refuses %s, too', (text) => {
    expect(read(text).state).toBe('refused');
  });
});

describe('lengthMix', () => {
  it('reads kinds with their weights, as the help writes them and as aiperf does', () => {
    expect(lengthMix.parse('512,128:70;4096|256, 256:30;', () => '')).toEqual({
      state: 'value',
      value: [
        { input: { shape: 'fixed', parameters: [512] }, output: { shape: 'fixed', parameters: [128] }, weight: 70 },
        {
          input: { shape: 'normal', parameters: [4096, 256] },
          output: { shape: 'fixed', parameters: [256] },
          weight: 30,
        },
      ],
    });
  });

  it.each([';', '512:70', '512,128', '512,128:0', '512,128:-1', '0,5:1', 'a,b:1'])('refuses %s', (text) => {
    expect(lengthMix.parse(text, () => '').state).toBe('refused');
  });
});
