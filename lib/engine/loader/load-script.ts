import { pathToFileURL } from 'node:url';
import { AbortTest, abortReason, describeException, ENGINE_EXIT_CODES, EngineError } from '../engine-error.ts';
import { createModules } from '../modules/create-modules.ts';
import { executionParts } from '../modules/execution.ts';
import type { ModuleObjects } from '../modules/module-table.ts';
import { createGlobals, GLOBAL_NAMES, type Globals } from '../vu/globals.ts';
import type { Vu } from '../vu/vu.ts';
import { DROP_PARAMETER, KEY_PARAMETER, REGISTRY_NAME } from './hooks-source.ts';
import { installHooks } from './register-hooks.ts';

/** What a copy of the script reads while it loads. */
interface Binding {
  readonly modules: ModuleObjects;
  readonly execution: object;
  readonly globals: Globals;
  onIteration(set: (iteration: number) => void): void;
}

let lastKey = 0;

/**
 * Runs the script's top level in a copy of its own for `vu`, and puts its exports there.
 *
 * @param runId tells the runs of a process apart: a file that has changed between two runs is read again
 * @throws {EngineError} 107 for an exception or something that the engine lacks, 108 for `exec.test.abort()`
 */
export async function loadScript(vu: Vu, runId: number): Promise<void> {
  const nativeImport = await installHooks();
  const dropped: string[] = [];
  for (;;) {
    const key = `${runId}.${++lastKey}`;
    bindings().set(key, createBinding(vu));
    try {
      vu.exports = await nativeImport(toUrl(vu.run.bundlePath, key, dropped));
      return;
    } catch (error) {
      const name = redeclared(error);
      if (name === null || dropped.includes(name)) throw toEngineError(error);
      // The script declares this name itself: its own counts, as it does in k6.
      dropped.push(name);
    } finally {
      bindings().delete(key);
    }
  }
}

function createBinding(vu: Vu): Binding {
  const modules = createModules(vu);
  return {
    modules,
    execution: executionParts(vu),
    globals: createGlobals(vu),
    onIteration: (set) => {
      vu.setIterationGlobal = set;
    },
  };
}

function toUrl(path: string, key: string, dropped: readonly string[]): string {
  const drop = dropped.length === 0 ? '' : `&${DROP_PARAMETER}=${dropped.join(',')}`;
  return `${pathToFileURL(path).href}?${KEY_PARAMETER}=${key}${drop}`;
}

function bindings(): Map<string, Binding> {
  const holder = globalThis as unknown as Record<symbol, Map<string, Binding> | undefined>;
  const symbol = Symbol.for(REGISTRY_NAME);
  const known = holder[symbol];
  if (known) return known;
  const created = new Map<string, Binding>();
  holder[symbol] = created;
  return created;
}

function redeclared(error: unknown): string | null {
  if (!(error instanceof SyntaxError)) return null;
  const name = /^Identifier '(\w+)' has already been declared/.exec(error.message)?.[1];
  return name === '__ITER' || GLOBAL_NAMES.some((known) => known === name) ? name! : null;
}

function toEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof AbortTest) return abortReason(error);
  const lacking = error instanceof SyntaxError && /does not provide an export named/.test(error.message);
  const text = lacking ? `${error.message} in the Node engine; run this script with k6` : describeException(error);
  return new EngineError(text, ENGINE_EXIT_CODES.exception);
}
