import { AbortTest, abortReason, describeException, ENGINE_EXIT_CODES, EngineError } from './engine-error.ts';
import { loadScript } from './loader/load-script.ts';
import type { Run } from './run.ts';
import { Scope } from './scope.ts';
import { endAfter } from './timing.ts';
import { callScript, recordTraffic } from './vu/iteration.ts';
import { Vu, type VuPhase } from './vu/vu.ts';

/** What k6 calls besides iterations. */
type LifecycleFunction = 'setup' | 'teardown' | 'handleSummary';

const PHASES: Readonly<Record<LifecycleFunction, VuPhase>> = {
  setup: 'setup',
  teardown: 'teardown',
  handleSummary: 'summary',
};

const TIMEOUT_CODES: Readonly<Record<LifecycleFunction, number>> = {
  setup: ENGINE_EXIT_CODES.setupTimeout,
  teardown: ENGINE_EXIT_CODES.teardownTimeout,
  handleSummary: ENGINE_EXIT_CODES.other,
};

/** k6's, milliseconds. */
const SUMMARY_TIMEOUT = 120_000;

/**
 * Calls an exported function in a copy of the script of its own.
 *
 * @param parent ends the call; teardown and handleSummary go on when the run is aborted
 * @returns what it returned
 * @throws {EngineError} its exception (107), `exec.test.abort()` (108), its time limit (100, 101)
 */
export async function callLifecycle(
  run: Run,
  name: LifecycleFunction,
  args: readonly unknown[],
  parent: Scope,
): Promise<unknown> {
  const vu = new Vu(run, 0, parent);
  await loadScript(vu);
  vu.phase = PHASES[name];
  vu.resetTags(vu.has('group') && name !== 'handleSummary' ? { group: `::${name}` } : {});
  const { setupTimeout, teardownTimeout } = run.settings;
  const timeout = { setup: setupTimeout, teardown: teardownTimeout, handleSummary: SUMMARY_TIMEOUT }[name];
  const scope = new Scope(parent);
  endAfter(scope, timeout);
  vu.scope = scope;
  let result: unknown;
  const error = await callScript(vu, name, args, scope, (value) => {
    result = value;
  });
  const timedOut = scope.done && !parent.done;
  if (name !== 'handleSummary') recordTraffic(vu);
  scope.end();
  for (const cleanup of vu.cleanups) cleanup();
  if (timedOut) {
    throw new EngineError(`${name}() execution timed out after ${timeout / 1000} seconds`, TIMEOUT_CODES[name]);
  }
  if (error) throw toEngineError(error.value);
  return result;
}

function toEngineError(error: unknown): EngineError {
  if (error instanceof AbortTest) return abortReason(error);
  return new EngineError(describeException(error), ENGINE_EXIT_CODES.exception);
}

/**
 * What setup returned as JSON, as k6 keeps it: undefined inside becomes null.
 *
 * @returns null when it returned nothing
 * @throws {EngineError} exit code 255 for what JSON cannot hold (NaN, Infinity, cycles)
 */
export function serializeSetupData(data: unknown): string | null {
  if (data === undefined) return null;
  try {
    return JSON.stringify(data, (_key, value: unknown) => {
      if (typeof value === 'number' && !Number.isFinite(value))
        throw new Error(`json: unsupported value: ${goNumber(value)}`);
      return value === undefined ? null : value;
    });
  } catch (error) {
    throw new EngineError(
      `error marshaling setup() data to JSON: ${(error as Error).message}`,
      ENGINE_EXIT_CODES.other,
    );
  }
}

function goNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}
