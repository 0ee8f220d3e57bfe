import { listUnusedMetrics } from '../conditions/stop-rules.ts';
import { renderConfigForArgsFile } from '../config/args-file.ts';
import { describeUnread } from '../config/environment-settings.ts';
import { parametersOf, type RunConfig } from '../config/parameters.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { SAMPLE_METRICS } from '../metrics/sample-metrics.ts';
import type { Problem } from '../shared/errors.ts';
import { parseJson } from '../shared/json.ts';
import type { Mask } from '../shared/server-text.ts';
import type { Milliseconds } from '../shared/units.ts';
import { buildOptions } from './build-options.ts';
import { describeCachedPrompt } from './connection-prompt.ts';
import { createTextReader, type Open } from './k6-read-text.ts';
import { findUnkeepable } from './kept-connections.ts';
import { findNoFirstToken } from './leave-early.ts';
import { loadRun, type RunLoader } from './load-run.ts';
import { describeGates } from './run-notes.ts';
import { listPages } from './server-reader.ts';
import { settlingTime } from './settling-time.ts';
import type { SharedOnce, SharedRun } from './shared-run.ts';

/** Everything that is worked out once per process, before the copies of the script. */
export interface PreparedScenario {
  readonly run: SharedRun;
  readonly once: SharedOnce;
  readonly prompts: readonly Prompt[];
  /** When requests of an open loop start; null for a closed one. */
  readonly starts: readonly Milliseconds[] | null;
}

/** What k6 does, and what the rest of the bundle holds. */
interface ScenarioLoader {
  readonly open: Open;
  readonly createMask: (config: RunConfig) => Mask;
  /** Whether streams can keep their connections. */
  readonly ownsConnections: boolean;
  /** Whether the transport shows the events of a stream. */
  readonly seesEvents: boolean;
}

/**
 * Reads configuration, dataset and thresholds; with anything wrong in them the run is refused.
 *
 * @param ownRunId the run's id where the settings give none
 */
export function prepareScenario(
  dataset: Dataset,
  env: Readonly<Record<string, string | undefined>>,
  { open, createMask, ownsConnections, seesEvents, ...loader }: Omit<RunLoader, 'share' | 'readText'> & ScenarioLoader,
  ownRunId: string,
): PreparedScenario {
  const loaded = loadRun(dataset, env, {
    ...loader,
    readText: createTextReader(open),
    share: (_name, build) => build(),
    runId: ownRunId,
  });
  if (loaded.state === 'refused') return refuse(loaded.problems);
  const impossible = [
    ...findUnkeepable(loaded.config, ownsConnections, loader.style),
    ...findNoFirstToken(loaded.config, seesEvents, loader.style),
  ];
  if (impossible.length > 0) return refuse(impossible);
  const { prompts, plan, requests, thresholds, gates } = loaded;
  const runId = loaded.config.runId ?? ownRunId;
  const config = { ...loaded.config, runId };
  const { warmups } = plan;
  const { expected: expectedRequests } = requests;
  const unused = listUnusedMetrics(config);
  const parameters = parametersOf(dataset);
  const readsServer = listPages(config).length > 0;
  // The command line reads them itself meanwhile.
  const besideLoad = readsServer && env['LLM_PERF_SUMMARY_FILE'] === undefined;
  return {
    run: {
      state: 'ready',
      config: { ...config, given: [...config.given] },
      expectedRequests,
      warmups,
      iterations: plan.iterations,
      settleMs: settlingTime(config, plan, ownsConnections),
      gateCount: gates.length,
      readsServer,
      runId,
      metrics: SAMPLE_METRICS.filter(({ name }) => !unused.includes(name)).map(({ name, type, isTime }) => ({
        name,
        type,
        isTime,
      })),
    },
    once: {
      options: buildOptions(config, plan, thresholds, requests.longestMs, besideLoad),
      args: {
        ...renderConfigForArgsFile(config, createMask(config), parameters),
        expected_requests: expectedRequests,
        // What the command line knows better: the machine, and settings of its user in place of those that it made of them.
        ...(parseJson(env['LLM_PERF_ARGS'] ?? '') as object | undefined),
      },
      notes: [...loaded.datasetNotes, ...describeUnread(env, parameters), ...describeGates(gates.length)],
      cachedPrompt: describeCachedPrompt(
        config,
        prompts,
        plan.expectedRequests === null ? null : plan.expectedRequests + warmups,
      ),
    },
    prompts,
    starts: plan.starts,
  };
}

function refuse(problems: readonly Problem[]): PreparedScenario {
  const once = { options: REFUSED_OPTIONS, args: {}, cachedPrompt: null, notes: [] };
  return { run: { state: 'refused', problems }, once, prompts: [], starts: null };
}

/** k6 refuses an executor that it does not know, with its name, and with exit code 104. */
const REFUSED_OPTIONS = {
  scenarios: {
    refused: { executor: 'configuration refused: the lines above say what is wrong' },
  },
};
