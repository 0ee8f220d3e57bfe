import { loadConfig } from '../config/load-config.ts';
import type { RunConfig, Workload } from '../config/run-config.ts';
import type { CsvParser } from '../dataset/load-prompts.ts';
import { loadPrompts } from '../dataset/load-prompts.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { ConfigError, type Problem } from '../shared/errors.ts';
import { loadThresholds } from '../verdict/load-thresholds.ts';
import type { Thresholds } from './build-options.ts';

export type { CsvParser };

/** Where the data sets lie as seen from the bundle; the build fills it in. */
declare const BUNDLE_DATASETS_DIR: string;

const DEFAULT_FILES: Readonly<Record<Workload, string | null>> = {
  openqa: 'openqa.jsonl',
  longalpaca: 'longalpaca.jsonl',
  'line-by-line': 'line-by-line.txt',
  custom: 'custom.jsonl',
};

/** A run that can start, or everything that is wrong with it as one text. */
export type LoadedRun =
  | {
      readonly state: 'ready';
      readonly config: RunConfig;
      readonly prompts: readonly Prompt[];
      readonly thresholds: Thresholds;
    }
  | { readonly state: 'refused'; readonly text: string };

/**
 * Reads configuration, dataset and thresholds when a script loads.
 *
 * @param env k6's `__ENV`
 * @param readText k6's `open`; a relative path is tried from the working directory first, where a person means it, then
 *   from the bundle, where k6 means it
 * @param share wraps a builder of prompts so that it runs once per process: k6's SharedArray
 */
export function loadRun(
  workload: Workload,
  env: Readonly<Record<string, string | undefined>>,
  readText: (path: string) => string,
  share: (name: string, build: () => Prompt[]) => readonly Prompt[],
  parseCsv?: CsvParser,
): LoadedRun {
  const file = DEFAULT_FILES[workload];
  const defaultPath = file === null ? null : `${BUNDLE_DATASETS_DIR}/${file}`;
  const read = (path: string): string => (path === defaultPath ? readText(path) : openFrom(env['PWD'], path, readText));
  const problems: Problem[] = [];
  const { config, problems: configProblems } = loadConfig({ ...env, DATASET: env['DATASET'] || workload }, read);
  problems.push(...configProblems);
  if (config !== null && config.dataset !== workload) {
    problems.push({
      key: 'DATASET',
      got: `"${config.dataset}"`,
      allowed: `"${workload}", since this bundle runs that workload`,
      paste: `k6 run -e DATASET=${config.dataset} … dist/${config.dataset}.js`,
    });
  }
  const { thresholds, problems: thresholdProblems } = loadThresholds(config?.thresholds ?? null, { readText: read });
  problems.push(...thresholdProblems);
  let prompts: readonly Prompt[] = [];
  if (config !== null) {
    try {
      prompts = share('prompts', () => {
        const loaded = loadPrompts(config, { readText: read, defaultPath, parseCsv });
        if (loaded.problems.length > 0) {
          problems.push(...loaded.problems);
          throw new ConfigError(loaded.problems);
        }
        return loaded.prompts;
      });
    } catch (error) {
      // The engine rewraps what a builder throws, so the problems are told by the list; anything else is a bug.
      if (problems.length === 0) throw error;
    }
  }
  if (config === null || problems.length > 0) return { state: 'refused', text: new ConfigError(problems).message };
  return { state: 'ready', config, prompts, thresholds };
}

function openFrom(workingDirectory: string | undefined, path: string, readText: (path: string) => string): string {
  const isRelative = !/^(?:[/\\]|[A-Za-z]:|file:)/.test(path);
  if (isRelative && workingDirectory) {
    try {
      return readText(`${workingDirectory}/${path}`);
    } catch {
      // Not there: as the bundle sees it.
    }
  }
  return readText(path);
}
