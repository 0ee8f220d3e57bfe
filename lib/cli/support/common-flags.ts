import { onOff, text } from '../../config/scalar-types.ts';

/** Of every command that reads the samples of a run. */
export const ANYWAY = {
  flag: 'anyway',
  group: 'Measuring',
  type: onOff,
  default: false,
  help: 'Merges files of different runs, too; what differs is reported, and the run is SUSPECT.',
} as const;

/** Of every command whose result is one file; each says which, and what happens without it. */
export const OUTPUT = { group: 'Results', short: 'o', type: text('the path of a file') } as const;

/** Of every command that prints a table. */
export const JSON_IN_PLACE = {
  type: onOff,
  default: false,
  help: 'Print one JSON object in place of the table.',
} as const;
