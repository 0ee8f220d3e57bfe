import { listInputApis } from '../api/input-apis.ts';
import { readOptions } from '../config/code-options.ts';
import { loadConfig } from '../config/load-config.ts';
import { PARAMETERS, type RunConfig } from '../config/parameters.ts';
import { SAMPLE_METRICS } from '../metrics/sample-metrics.ts';
import { ConfigError, type Problem } from '../shared/errors.ts';
import { SETTING_NAMES } from './llm-types.ts';

/** Metrics of what a script of ours does beside its load. */
const NOT_OF_SCRIPTS = /^llm_(?:probe|run$|connection_test$)/;

/**
 * What the copies of a script share of the library: the run's id, and its metrics as JSON.
 *
 * @param ownRunId where the environment names none
 */
export function prepareLibrary(env: typeof __ENV, ownRunId: string): string[] {
  const list = SAMPLE_METRICS.filter(({ name }) => !NOT_OF_SCRIPTS.test(name));
  return [env['RUN_ID'] || ownRunId, JSON.stringify(list.map(({ name, type, isTime }) => ({ name, type, isTime })))];
}

/** A service as JSON: `given` is a list. */
export type SharedService = Omit<RunConfig, 'given'> & { readonly given: readonly string[] };

/**
 * Checks the settings of a service, and completes them. Nothing is read from the environment, which is the script's, but where
 * records go.
 *
 * @param api what is spoken where the settings do not say
 * @throws {ConfigError} with every problem
 */
export function readService(
  settings: Readonly<Record<string, unknown>>,
  api: string,
  env: typeof __ENV,
): SharedService {
  globalThis.llmPerfApis ??= listInputApis;
  const parameters = PARAMETERS.filter(({ name }) => (SETTING_NAMES as readonly string[]).includes(name));
  const read = readOptions(settings, {}, { parameters, typeName: 'LlmSettings', controlNames: [] });
  const RECORDS = /^(?:auto|console|samples|off)$/.test(env['RECORDS'] ?? '') ? env['RECORDS'] : undefined;
  const source = { API: api, ...read.settings, RECORDS, LOG_EVERY_N_QUERY: '0', NO_TEST_CONNECTION: 'true' };
  // Without a URL that was meant to come from a variable the load would go to the default, which is another service.
  const required = PARAMETERS.map((one) => (one.name === 'url' ? { ...one, required: true } : one));
  const { config, problems } = loadConfig(source, refuseFiles, 'flag', required);
  const all = [...read.problems, ...problems].map(asCode);
  if (config === null || all.length > 0) throw new ConfigError(all);
  return { ...config, given: [...config.given] };
}

function refuseFiles(path: string): string {
  throw new Error(`${path}: a script reads its files itself`);
}

/** A problem with a setting as code has it: `maxTokens`, and not `MAX_TOKENS (--max-tokens)`. */
function asCode(problem: Problem): Problem {
  const parameter = PARAMETERS.find(({ env, flag }) => problem.key === `${env} (--${flag})`);
  if (parameter === undefined) return problem;
  const { name, flag } = parameter;
  const value = problem.paste.startsWith(`--${flag} `) ? problem.paste.slice(flag.length + 3) : null;
  const paste = value === null ? problem.paste : `${name}: ${/^[\d.]+$/.test(value) ? value : JSON.stringify(value)}`;
  return { ...problem, key: name, paste };
}
