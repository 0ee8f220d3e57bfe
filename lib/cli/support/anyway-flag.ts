import type { FlagSpec } from '../../config/parameter.ts';
import { onOff } from '../../config/scalar-types.ts';

/** Of every command that reads the samples of a run. */
export const ANYWAY: FlagSpec = {
  env: 'ANYWAY',
  flag: 'anyway',
  group: 'Measuring',
  type: onOff,
  example: ['--anyway'],
  help: 'Merge files of unlike runs, too; what differs is said, and the run is SUSPECT.',
};

/** Whether a command line that is checked already has the switch on. */
export function isAnyway(env: Readonly<Record<string, string | undefined>>): boolean {
  const parsed = onOff.parse(env['ANYWAY'] ?? 'off', () => '');
  return parsed.state === 'value' && parsed.value;
}
