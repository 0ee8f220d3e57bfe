import type { FlagRow } from './parameter.ts';
import { integer } from './scalar-types.ts';

/** Settings of datasets that make their prompts. */
export const SYNTHETIC_TABLE = {
  prefixLength: {
    group: 'Workload',
    flag: 'prefix-length',
    type: integer(0),
    default: 0,
    example: ['512'],
    help: 'Tokens that all prompts of random begin with, beside their own.',
  },
  prefixCount: {
    flag: 'prefix-count',
    type: integer(1),
    default: 1,
    example: ['8'],
    help: 'How many different prefixes there are: request i begins with number i mod count.',
  },
} as const satisfies Readonly<Record<string, FlagRow>>;
