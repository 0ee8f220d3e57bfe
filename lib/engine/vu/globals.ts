import { describeException } from '../engine-error.ts';
import { createConsole } from './console.ts';
import { createOpen } from './open-file.ts';
import { createTimers } from './timers.ts';
import type { Vu } from './vu.ts';

/** The names that each copy of the script has for itself, where k6 has globals of a VU's runtime. */
export const GLOBAL_NAMES = [
  '__VU',
  '__ENV',
  'open',
  'console',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
] as const;

export type Globals = Readonly<Record<(typeof GLOBAL_NAMES)[number], unknown>>;

export function createGlobals(vu: Vu): Globals {
  return {
    __VU: vu.id,
    __ENV: vu.env,
    open: createOpen(vu),
    console: createConsole((text) => vu.run.print(text)),
    ...createTimers(vu, (error) => vu.run.log.error(describeException(error))),
  };
}
