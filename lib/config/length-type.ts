import { accept, oneWord, refuse, type ValueType } from './value-type.ts';

/** How lengths in tokens are spread; `parameters` in the order in which they are written. */
export interface LengthSpread {
  readonly shape: 'fixed' | keyof typeof SHAPES;
  readonly parameters: readonly number[];
}

/** One kind of request of a mixture. */
export interface LengthKind {
  readonly input: LengthSpread;
  readonly output: LengthSpread;
  /** Relative to those of the others. */
  readonly weight: number;
}

/** Each with what its numbers are. */
const SHAPES = {
  uniform: ['LOW', 'HIGH'],
  normal: ['MEAN', 'SD'],
  lognormal: ['MEAN', 'SD'],
  exponential: ['MEAN'],
  zipf: ['EXPONENT', 'LOW', 'HIGH'],
} as const;

/** Longest prompts and answers that anybody serves are some millions of tokens. */
const MOST_TOKENS = 10_000_000;

const SPREADS = Object.entries(SHAPES)
  .map(([name, words]) => `${name}:${words.join(',')}`)
  .join(', ');

/** A length in tokens: a number, or a spread such as `normal:512,64`. */
export const lengthSpread: ValueType<LengthSpread> = oneWord('tokens', `a number of tokens, or ${SPREADS}`, (plain) => {
  const spread = parseSpread(plain);
  return typeof spread === 'string' ? refuse(spread || null) : accept(spread);
});

/**
 * Kinds of requests with their weights: `512,128:70;4096,256:30`. A length may be `MEAN|SD`, as aiperf writes it.
 */
export const lengthMix: ValueType<readonly LengthKind[]> = oneWord(
  'IN,OUT:WEIGHT;…',
  'kinds such as 512,128:70;4096,256:30: input, output, weight; a length may be MEAN|SD',
  (plain) => {
    const kinds: LengthKind[] = [];
    for (const item of plain.split(';').filter((text) => text.trim() !== '')) {
      const [, input = '', output = '', weight = ''] =
        /^([^,:]+),([^,:]+):([^:]+)$/.exec(item.replace(/\s/g, '')) ?? [];
      const [read, written] = [input, output].map((length) =>
        parseSpread(length.replace(/^(.+)\|(.+)$/, 'normal:$1,$2')),
      );
      const isRight = /^\d*\.?\d+$/.test(weight) && Number(weight) > 0;
      if (typeof read !== 'object' || typeof written !== 'object' || !isRight)
        return refuse(`"${item.trim()}" is not a kind`);
      kinds.push({ input: read, output: written, weight: Number(weight) });
    }
    return kinds.length > 0 ? accept(kinds) : refuse();
  },
);

/** @returns why it is none, which may be empty */
function parseSpread(plain: string): LengthSpread | string {
  const [, name = 'fixed', list = ''] = /^(?:(\w+):)?([\d.,]+)$/.exec(plain.replace(/\s/g, '').toLowerCase()) ?? [];
  const parameters = list.split(',').map((word) => (/^\d+(\.\d+)?$/.test(word) ? Number(word) : Number.NaN));
  if (parameters.some((value) => Number.isNaN(value) || value > MOST_TOKENS)) return '';
  const [first = 0, second = 0, third = 0] = parameters;
  if (name === 'fixed') {
    return parameters.length === 1 && Number.isInteger(first) && first > 0 ? { shape: 'fixed', parameters } : '';
  }
  if (!Object.hasOwn(SHAPES, name)) return '';
  const shape = name as keyof typeof SHAPES;
  if (parameters.length !== SHAPES[shape].length) return `${shape} takes ${SHAPES[shape].join(',')}`;
  if (shape === 'uniform' && !(first >= 1 && first <= second)) return 'LOW from 1 to HIGH';
  if (shape === 'zipf' && !(first > 0 && second >= 1 && second <= third)) return 'EXPONENT above 0, LOW from 1 to HIGH';
  return first > 0 ? { shape, parameters } : 'a first number above 0';
}
