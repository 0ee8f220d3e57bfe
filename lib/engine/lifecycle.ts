import { ENGINE_EXIT_CODES, EngineError, toEngineError } from './engine-error.ts';
import { loadScript } from './loader/load-script.ts';
import type { Run } from './run.ts';
import { Scope } from './scope.ts';
import { endAfter } from './timing.ts';
import { callScript, recordTraffic } from './vu/iteration.ts';
import { Vu, type VuPhase } from './vu/vu.ts';

/** What k6 calls besides iterations: what the VU does then, and how it ends after its time limit. */
const CALLS = {
  setup: { phase: 'setup', timeoutCode: ENGINE_EXIT_CODES.setupTimeout },
  teardown: { phase: 'teardown', timeoutCode: ENGINE_EXIT_CODES.teardownTimeout },
  handleSummary: { phase: 'summary', timeoutCode: ENGINE_EXIT_CODES.other },
} as const satisfies Readonly<Record<string, { phase: VuPhase; timeoutCode: number }>>;

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
  name: keyof typeof CALLS,
  args: readonly unknown[],
  parent: Scope,
): Promise<unknown> {
  const vu = new Vu(run, 0, parent);
  await loadScript(vu);
  const { phase, timeoutCode } = CALLS[name];
  vu.phase = phase;
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
    throw new EngineError(`${name}() execution timed out after ${timeout / 1000} seconds`, timeoutCode);
  }
  if (error) throw toEngineError(error.value);
  return result;
}
