import type { Problem } from '../shared/errors.ts';
import { checkGates, type Gate } from './gates.ts';

/**
 * The gates of a run: those of its settings, then those of its profile that say something else.
 *
 * @param style whether the line to paste is a flag or a `-e` setting
 */
export function loadGates(
  sources: readonly string[],
  ofProfile: readonly Gate[],
  style: 'flag' | 'env',
): { readonly gates: readonly Gate[]; readonly problems: readonly Problem[] } {
  const { gates, problems } = checkGates(sources, 'GATES (--gate)', (gate) =>
    style === 'flag' ? `--gate '${gate}'` : `-e GATES='${gate}'`,
  );
  const own = new Set(gates.map(({ source }) => source));
  return { gates: [...gates, ...ofProfile.filter(({ source }) => !own.has(source))], problems };
}
