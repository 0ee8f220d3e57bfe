import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ENGINE_EXIT_CODES, EngineError, toEngineError } from '../engine-error.ts';
import { createModules, type Namespace } from '../modules/modules.ts';
import { createGlobals } from '../vu/globals.ts';
import type { Vu } from '../vu/vu.ts';
import { type CompiledModule, compileModule, type ModuleRequest } from './compile-module.ts';

const ADVICE = 'run this script with k6';

/**
 * Runs the script's top level in a copy of its own for `vu`, and puts its exports there.
 *
 * @throws {EngineError} 107 for an exception or something that the engine lacks, 108 for `exec.test.abort()`
 */
export async function loadScript(vu: Vu): Promise<void> {
  try {
    vu.exports = await new Copy(vu).load(vu.run.bundlePath, []);
  } catch (error) {
    throw toEngineError(error);
  }
}

/** A VU's copy of the script and of the modules that it imports. */
class Copy {
  readonly #vu: Vu;
  readonly #globals;
  readonly #builtin: ReturnType<typeof createModules>;
  readonly #loaded = new Map<string, Promise<Namespace>>();
  readonly #iterationSetters: ((iteration: number) => void)[] = [];

  constructor(vu: Vu) {
    this.#vu = vu;
    this.#globals = createGlobals(vu);
    this.#builtin = createModules(vu);
    vu.setIterationGlobal = (iteration) => {
      for (const set of this.#iterationSetters) set(iteration);
    };
  }

  /** @param importers the modules that wait for this one */
  load(path: string, importers: readonly string[]): Promise<Namespace> {
    if (importers.includes(path)) {
      throw new Error(`${path} imports itself in a circle, which the Node engine cannot follow; ${ADVICE}`);
    }
    const known = this.#loaded.get(path);
    if (known) return known;
    const loading = this.#run(path, [...importers, path]);
    this.#loaded.set(path, loading);
    return loading;
  }

  async #run(path: string, importers: readonly string[]): Promise<Namespace> {
    const { requests, create } = compile(this.#vu, path);
    const imports: Namespace[] = [];
    for (const request of requests) imports.push(await this.#import(request, path, importers));
    const namespace = {};
    for (const [index, { passedOn }] of requests.entries()) {
      if (passedOn) defineReaders(namespace, readersOf(imports[index] as Namespace));
    }
    const run = create({
      globals: this.#globals,
      imports,
      meta: { resolve: (specifier: string) => new URL(specifier, pathToFileURL(path)).href },
      onIteration: (set) => this.#iterationSetters.push(set),
      exports: (readers) => defineReaders(namespace, readers),
    });
    await run();
    return namespace;
  }

  async #import({ specifier, names }: ModuleRequest, path: string, importers: readonly string[]): Promise<Namespace> {
    const builtin = this.#builtin(specifier);
    const namespace = builtin ?? (await this.load(resolvePath(specifier, path), importers));
    const missing = names.find((name) => !Object.hasOwn(namespace, name));
    if (missing === undefined) {
      if (!builtin) this.#watch(specifier, namespace, names);
      return namespace;
    }
    throw new SyntaxError(
      `The requested module '${specifier}' does not provide an export named '${missing}' in the Node engine; ${ADVICE}`,
    );
  }

  /** Importers have the exports as they were when the module had loaded: one that changes later ends the run. */
  #watch(specifier: string, namespace: Namespace, names: readonly string[]): void {
    const { run, iterationCleanups } = this.#vu;
    const before = names.map((name) => namespace[name]);
    iterationCleanups.push(() => {
      const changed = names.find((name, index) => !Object.is(namespace[name], before[index]));
      if (changed === undefined) return;
      const text = `'${changed}' of '${specifier}' has changed since it was imported, which the Node engine cannot follow`;
      run.abort(new EngineError(`${text}; ${ADVICE}`, ENGINE_EXIT_CODES.exception));
    });
  }
}

/** The module at a path, read and compiled once a run. */
function compile({ run }: Vu, path: string): CompiledModule {
  const known = run.modules.get(path);
  if (known) return known;
  const compiled = compileModule(path, readFileSync(path, 'utf8'));
  run.modules.set(path, compiled);
  return compiled;
}

function resolvePath(specifier: string, importer: string): string {
  if (/^(\.{0,2}\/|file:)/.test(specifier)) return fileURLToPath(new URL(specifier, pathToFileURL(importer)));
  throw new Error(`unknown module: ${specifier} (the Node engine does not have it; ${ADVICE})`);
}

function readersOf(namespace: Namespace): Record<string, () => unknown> {
  const names = Object.keys(namespace).filter((name) => name !== 'default');
  return Object.fromEntries(names.map((name) => [name, () => namespace[name]]));
}

function defineReaders(namespace: object, readers: Readonly<Record<string, () => unknown>>): void {
  for (const [name, get] of Object.entries(readers)) {
    Object.defineProperty(namespace, name, { get, enumerable: true, configurable: true });
  }
}
