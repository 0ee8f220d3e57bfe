import { AbortTest } from '../engine-error.ts';
import { readTagValue } from '../metrics/tag-set.ts';
import type { Activation } from '../vu/activation.ts';
import type { Vu } from '../vu/vu.ts';

type Execution = typeof import('k6/execution');
type Parts = Pick<Execution, 'instance' | 'scenario' | 'test' | 'vu'>;

const OUTSIDE_OF_VU = 'getting scenario information outside of the VU context is not supported';

/**
 * `k6/execution` for one VU. Its objects read the state when a property is read, so they stay right when a script keeps
 * them, over iterations and scenarios.
 */
export function createExecutionModule(vu: Vu): Parts {
  const parts = executionParts(vu);
  return live({
    instance: () => {
      refuseInstance(vu);
      return parts.instance;
    },
    scenario: () => {
      vu.refuseInInit(OUTSIDE_OF_VU);
      return parts.scenario;
    },
    test: () => parts.test,
    vu: () => {
      vu.refuseInInit('getting VU information in the init context is not supported');
      return parts.vu;
    },
  });
}

/** The same objects without the guard of init: what `import { vu } from 'k6/execution'` binds before anything runs. */
export function executionParts(vu: Vu): Parts {
  return { instance: createInstance(vu), scenario: createScenario(vu), test: createTest(vu), vu: createVuInfo(vu) };
}

/** An object whose properties are read anew each time. */
function live<T extends object>(readers: { readonly [Key in keyof T]: () => T[Key] }): T {
  const object = {};
  for (const [key, get] of Object.entries(readers)) {
    Object.defineProperty(object, key, { get: get as () => unknown, enumerable: true, configurable: true });
  }
  return object as T;
}

function refuseInstance(vu: Vu): void {
  if (vu.phase === 'setup' || vu.phase === 'iterations') return;
  throw new Error('getting instance information in the init context is not supported');
}

function createInstance(vu: Vu): Execution['instance'] {
  const { run } = vu;
  return live({
    currentTestRunDuration: () => {
      refuseInstance(vu);
      return run.elapsed();
    },
    iterationsCompleted: () => run.iterationsCompleted,
    iterationsInterrupted: () => run.iterationsInterrupted,
    vusActive: () => run.activeVus,
    vusInitialized: () => run.initializedVus,
  });
}

function createScenario(vu: Vu): Execution['scenario'] {
  const activation = (): Activation => {
    if (!vu.activation) throw new Error(OUTSIDE_OF_VU);
    return vu.activation;
  };
  return live({
    name: () => activation().state.scenario.name,
    executor: () => activation().state.scenario.executor,
    startTime: () => activation().state.startTime,
    progress: () => activation().state.progress(),
    iterationInInstance: () => activation().iterationInTest,
    iterationInTest: () => activation().iterationInTest,
  });
}

function createTest(vu: Vu): Execution['test'] {
  return {
    abort: (message?: string): void => {
      const error = new AbortTest(withDetail('test aborted', message));
      // The throw stops the script; should the script catch it, the run ends all the same.
      if (vu.phase !== 'init') setImmediate(() => vu.run.abort(error));
      throw error;
    },
    fail: (message?: string): void => {
      vu.refuseInInit('execution.test.fail() called outside of VU context');
      vu.run.log.error(withDetail('test marked as failed', message));
      vu.run.markedAsFailed = true;
    },
    get options() {
      vu.refuseInInit('getting test options in the init context is not supported');
      return vu.run.settings.exported as Execution['test']['options'];
    },
  };
}

function withDetail(text: string, detail: unknown): string {
  return detail === undefined || detail === null ? text : `${text}: ${String(detail)}`;
}

function createVuInfo(vu: Vu): Execution['vu'] {
  const tags = liveMap(
    () => vu.tags.map,
    (key, value) => vu.setTag(key, readTagValue('tag', key, value)),
    (key) => vu.deleteTag(key),
  );
  const metadata = liveMap(
    () => vu.metadata ?? {},
    (key, value) => vu.setMetadata(key, readTagValue('metadata', key, value)),
    (key) => vu.deleteMetadata(key),
  );
  const metrics = { tags, metadata };
  return live({
    idInInstance: () => vu.id,
    idInTest: () => vu.id,
    iterationInInstance: () => vu.iteration,
    iterationInScenario: () => vu.scenarioIterations.get(vu.activation?.state.scenario.name ?? '') ?? 0,
    tags: () => tags,
    metrics: () => metrics,
  });
}

/** An object whose properties are entries kept elsewhere: set, read, `in`, delete and listing all go there. */
function liveMap(
  read: () => Readonly<Record<string, string>>,
  write: (key: string, value: unknown) => void,
  remove: (key: string) => void,
): Record<string, string | number | boolean> {
  const isEntry = (key: string | symbol): key is string => typeof key === 'string' && Object.hasOwn(read(), key);
  return new Proxy({} as Record<string, string>, {
    get: (target, key, receiver) => (isEntry(key) ? read()[key] : (Reflect.get(target, key, receiver) as unknown)),
    has: (_target, key) => isEntry(key),
    set: (_target, key, value) => {
      if (typeof key === 'string') write(key, value);
      return true;
    },
    deleteProperty: (_target, key) => {
      if (typeof key === 'string') remove(key);
      return true;
    },
    ownKeys: () => Object.keys(read()),
    getOwnPropertyDescriptor: (_target, key) =>
      isEntry(key) ? { value: read()[key], enumerable: true, configurable: true, writable: true } : undefined,
  });
}
