import { resolve } from 'node:path';
import { loadGates } from '../../conditions/load-gates.ts';
import { loadThresholds } from '../../conditions/load-thresholds.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { ConfigError } from '../../shared/errors.ts';
import { readTextFile } from '../../shared/node-read-text.ts';
import type { Conditions } from '../run/judge-run.ts';

/** Conditions, and lines for the user about them. */
interface ChosenConditions {
  readonly conditions: Conditions;
  readonly notes: readonly string[];
}

/**
 * What an old run is judged by: what the flags say, else what the run itself was started with.
 *
 * @param args the configuration of the run, as its samples hold it; a profile that no longer exists is reported, and
 *             judges nothing
 * @throws {ConfigError} with everything that is wrong with what the flags say
 */
export function chooseConditions(
  config: RunConfig,
  args: Readonly<Record<string, unknown>>,
  cwd: string,
): ChosenConditions {
  const { given } = config;
  const readText = (path: string): string => readTextFile(resolve(cwd, path));
  const ofRun = typeof args['thresholds'] === 'string' ? args['thresholds'] : null;
  const isGiven = given.has('thresholds');
  const loaded = loadThresholds(isGiven ? config.thresholds : ofRun, { readText });
  const listed = Array.isArray(args['gates']) ? args['gates'].filter((gate) => typeof gate === 'string') : [];
  const { gates, problems } = loadGates(given.has('gates') ? config.gates : listed, loaded.gates, 'flag');
  const fatal = [...(isGiven ? loaded.problems : []), ...problems];
  if (fatal.length > 0) throw new ConfigError(fatal);
  return {
    conditions: {
      thresholds: loaded.thresholds,
      gates,
      requireValid: given.has('requireValid') ? config.requireValid : args['require_valid'] === true,
      requireCold: given.has('requireCold') ? config.requireCold : args['require_cold'] === true,
      junit: config.junit,
    },
    notes:
      loaded.problems.length === 0
        ? loaded.notes
        : [
            `the run's own thresholds (${ofRun}) cannot be read any more, so they judge nothing; --thresholds names others`,
          ],
  };
}
