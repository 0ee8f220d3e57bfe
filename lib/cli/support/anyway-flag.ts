import { onOff } from '../../config/scalar-types.ts';

/** Of every command that reads the samples of a run. */
export const ANYWAY = {
  flag: 'anyway',
  group: 'Measuring',
  type: onOff,
  default: false,
  help: 'Merge files of unlike runs, too; what differs is said, and the run is SUSPECT.',
} as const;
