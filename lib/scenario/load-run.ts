import { findApi } from '../api/apis.ts';
import type { K6Thresholds } from '../conditions/check-thresholds.ts';
import type { Gate } from '../conditions/gates.ts';
import { loadGates } from '../conditions/load-gates.ts';
import { loadThresholds } from '../conditions/load-thresholds.ts';
import { gateLines } from '../config/list-types.ts';
import { loadConfig } from '../config/load-config.ts';
import { parametersOf, type RunConfig } from '../config/parameters.ts';
import type { Arranged, Dataset } from '../dataset/dataset.ts';
import { loadPrompts } from '../dataset/load-prompts.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { describeRepeats, varyPrompts } from '../dataset/vary-prompts.ts';
import { CANNOT_BE_READ, whyUnreadable } from '../shared/decode-text.ts';
import { ConfigError, type Problem } from '../shared/errors.ts';
import { describeNoStarts, isOwnSchedule, loadTimes } from './load-times.ts';
import { describePlan, type LoadPlan, planLoad } from './plan-load.ts';
import { countPlanned, type RequestCounts } from './planned-requests.ts';

/** A run that can start, or everything that is wrong with it as one text. */
export type LoadedRun =
  | {
      readonly state: 'ready';
      readonly config: RunConfig;
      readonly prompts: readonly Prompt[];
      readonly plan: LoadPlan;
      /** What the plan's iterations are in requests. */
      readonly requests: RequestCounts;
      readonly thresholds: K6Thresholds;
      /** Those of the settings, then those of the profile. */
      readonly gates: readonly Gate[];
      /** Lines for the user: a guard that was added to the thresholds. */
      readonly notes: readonly string[];
      /** Lines about dataset and load that belong to the results, too: what a filter left out. */
      readonly datasetNotes: readonly string[];
    }
  | { readonly state: 'refused'; readonly problems: readonly Problem[] };

/** How a run is loaded where it runs: in k6, or in Node for a check before anything starts. */
export interface RunLoader {
  /**
   * Reads a file, k6's `open`. A relative path is tried from the working directory first, where a person means it, then
   * as k6 means it, from the bundle.
   */
  readonly readText: (path: string) => string;
  /** Wraps a builder of prompts so that it runs once per process: k6's SharedArray. */
  readonly share: (name: string, build: () => Prompt[]) => readonly Prompt[];
  /** The folder of the included datasets. */
  readonly datasetsDir: string;
  /** Whether problems suggest flags or `-e` settings. */
  readonly style: 'flag' | 'env';
  /** The run's id where the settings give none. */
  readonly runId?: string;
}

/**
 * Reads configuration, dataset and thresholds, and finds everything that is wrong with them at once.
 *
 * @param env k6's `__ENV`, or its like
 */
export function loadRun(
  dataset: Dataset,
  env: Readonly<Record<string, string | undefined>>,
  { readText, share, datasetsDir, style, runId = '' }: RunLoader,
): LoadedRun {
  const { name, file } = dataset;
  const defaultPath = file === null ? null : `${datasetsDir}/${file}`;
  const read = (path: string): string => (path === defaultPath ? readText(path) : openFrom(env['PWD'], path, readText));
  const problems: Problem[] = [];
  const { config, problems: configProblems } = loadConfig(
    { ...env, DATASET: env['DATASET'] || name },
    read,
    style,
    parametersOf(dataset),
  );
  problems.push(...configProblems);
  if (config !== null && config.dataset !== name) {
    problems.push({
      key: 'DATASET',
      got: `"${config.dataset}"`,
      allowed: `"${name}", since this bundle runs that workload`,
      paste: `k6 run -e DATASET=${config.dataset} … dist/${config.dataset}.js`,
    });
  }
  if (config !== null) problems.push(...findWrongApi(config, dataset, style));
  for (const name of ['FIND', 'SWEEP', 'RUNS']) {
    const paste = `npx k6-llm-perf --${name.toLowerCase()} ${env[name]}`;
    if (env[name]) problems.push({ key: name, got: 'several runs', allowed: 'the command line alone', paste });
  }
  // Wrong thresholds and gates are reported together with wrong settings.
  const profileName = config === null ? env['THRESHOLDS']?.trim() || null : config.thresholds;
  const profile = loadThresholds(profileName, { readText: read }, style);
  const gateTexts = config === null ? gateLines.parse(env['GATES'] ?? '', read) : null;
  const given = config?.gates ?? (gateTexts?.state === 'value' ? gateTexts.value : []);
  const { gates, problems: gateProblems } = loadGates(given, profile.gates, style);
  problems.push(...profile.problems, ...gateProblems);
  let prompts: readonly Prompt[] = [];
  const datasetNotes: string[] = [];
  const times = config === null ? null : loadTimes(config, { readText: read, style }, problems, datasetNotes);
  let ownTimes: readonly number[] | null = null;
  // What the command line found, which k6 cannot before its options are fixed.
  const lookMs = Number(env['LLM_PERF_FIRST_LOOK'] ?? '') || null;
  const planned = makesPrompts(config, dataset) ? planLoad(config, dataset.pass ?? MADE_PROMPTS, times, lookMs) : null;
  const source = config ?? (dataset.generate ? null : promptSettings(name, env, read));
  if (source !== null) {
    try {
      prompts = share('prompts', () => {
        const loaded =
          (planned &&
            dataset.generate?.(
              { ...source, runId: source.runId ?? runId },
              planned.iterations ?? MADE_PROMPTS,
              style,
            )) ??
          loadPrompts(source, { dataset, readText: read, defaultPath, style });
        if (loaded.problems.length > 0) {
          problems.push(...loaded.problems);
          throw new ConfigError(loaded.problems);
        }
        const arranged: Arranged = dataset.arrange?.(loaded.prompts, source, style) ?? loaded;
        if (arranged.problems.length > 0) {
          problems.push(...arranged.problems);
          throw new ConfigError(arranged.problems);
        }
        datasetNotes.push(...loaded.notes, ...(arranged === loaded ? [] : arranged.notes));
        ownTimes = arranged.times ?? null;
        const all = arranged.prompts;
        return [...(config === null ? all : (dataset.group?.(all, config) ?? all))];
      });
    } catch (error) {
      // The engine rewraps what a builder throws, so the problems are in the list; anything else is a bug.
      if (problems.length === 0) throw error;
    }
  }
  if (config === null || problems.length > 0) return { state: 'refused', problems };
  const plan = planned ?? planLoad(config, prompts.length, isOwnSchedule(config) ? ownTimes : times, lookMs);
  if (plan.starts !== null && plan.expectedRequests === 0)
    return { state: 'refused', problems: [describeNoStarts(style)] };
  datasetNotes.push(...describePlan(config, plan, lookMs));
  const sent = plan.iterations;
  datasetNotes.push(...describeRepeats(config, prompts.length, sent));
  prompts = varyPrompts(prompts, { ...config, runId: config.runId ?? runId }, sent ?? MADE_PROMPTS, planned !== null);
  const { thresholds, notes } = profile;
  const requests = countPlanned(config, plan, prompts);
  return { state: 'ready', config, prompts, plan, requests, thresholds, gates, notes, datasetNotes };
}

/** Texts to embed are not chats, and the other way round. */
function findWrongApi(config: RunConfig, { name, apis }: Dataset, style: 'flag' | 'env'): Problem[] {
  const api = findApi(config);
  const { countInputs } = api;
  const isRight = apis === undefined ? countInputs === undefined : apis.includes(api.name);
  if (isRight) return [];
  if (apis !== undefined) {
    const allowed = `for the dataset ${name} ${apis.join(' or ')}`;
    const paste = style === 'flag' ? `--api ${apis[0]}` : `-e API=${apis[0]}`;
    return [{ key: 'API (--api)', got: api.name, allowed, paste }];
  }
  const fitting = api.name.includes('rerank') ? 'rerank' : 'embedding';
  const paste = style === 'flag' ? `--dataset ${fitting}` : `k6 run … dist/${fitting}.js`;
  return [
    {
      key: 'DATASET (--dataset)',
      got: `"${name}"`,
      allowed: `a dataset for ${api.name}: ${fitting}, random-${fitting}`,
      paste,
    },
  ];
}

/** How many prompts are made where nothing says how many a run sends; evalscope's number of requests. */
export const MADE_PROMPTS = 1000;

/** Whether a run makes its prompts, each by its place, so that none comes twice. */
export function makesPrompts(config: RunConfig | null, { generate }: Dataset): config is RunConfig {
  return generate !== undefined && config !== null && config.datasetPath === null && config.prompt === null;
}

/** The settings of the dataset alone, so that its wrong lines are reported even where other settings are wrong. */
function promptSettings(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  read: (path: string) => string,
): RunConfig | null {
  const { DATASET_PATH, PROMPT, MIN_PROMPT_LENGTH, MAX_PROMPT_LENGTH } = env;
  const settings = { MODEL: 'any', DATASET: name, DATASET_PATH, PROMPT, MIN_PROMPT_LENGTH, MAX_PROMPT_LENGTH };
  return loadConfig(settings, read).config;
}

function openFrom(workingDirectory: string | undefined, path: string, readText: (path: string) => string): string {
  const isRelative = !/^(?:[/\\]|[A-Za-z]:|file:)/.test(path);
  if (isRelative && workingDirectory) {
    try {
      return readText(`${workingDirectory}/${path}`);
    } catch (error) {
      if (whyUnreadable(error) !== CANNOT_BE_READ) throw error;
      // Not there: as the bundle sees it.
    }
  }
  return readText(path);
}
