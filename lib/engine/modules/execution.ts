import { AbortTest, abortReason } from '../engine-error.ts';
import { readTagValue } from '../metrics/tag-set.ts';
import type { ScenarioState } from '../vu/activation.ts';
import type { Vu } from '../vu/vu.ts';
import { refuseInInit } from './init-guard.ts';
import { strictObject } from './strict-object.ts';

type Execution = typeof import('k6/execution');

/**
 * `k6/execution` for one VU. Its objects read the state when a property is read, so they stay right when a script keeps
 * them, over iterations and scenarios.
 */
export function createExecutionModule(vu: Vu): Pick<Execution, 'instance' | 'scenario' | 'test' | 'vu'> {
  const parts = executionParts(vu);
  return strictObject('k6/execution', {
    get instance() {
      refuseInstance(vu);
      return parts.instance;
    },
    get scenario() {
      refuseInInit(vu, OUTSIDE_OF_VU);
      return parts.scenario;
    },
    get test() {
      return parts.test;
    },
    get vu() {
      refuseInInit(vu, 'getting VU information in the init context is not supported');
      return parts.vu;
    },
  });
}

/** The same objects without the guard of init: what `import { vu } from 'k6/execution'` binds before anything runs. */
export function executionParts(vu: Vu): Pick<Execution, 'instance' | 'scenario' | 'test' | 'vu'> {
  return { instance: createInstance(vu), scenario: createScenario(vu), test: createTest(vu), vu: createVuInfo(vu) };
}

const OUTSIDE_OF_VU = 'getting scenario information outside of the VU context is not supported';

function refuseInstance(vu: Vu): void {
  if (vu.phase === 'setup' || vu.phase === 'iterations') return;
  throw new Error('getting instance information in the init context is not supported');
}

function createInstance(vu: Vu): Execution['instance'] {
  const { run } = vu;
  return {
    get currentTestRunDuration() {
      refuseInstance(vu);
      return run.elapsed();
    },
    get iterationsCompleted() {
      return run.iterationsCompleted;
    },
    get iterationsInterrupted() {
      return run.iterationsInterrupted;
    },
    get vusActive() {
      return run.activeVus;
    },
    get vusInitialized() {
      return run.initializedVus;
    },
  };
}

function createScenario(vu: Vu): Execution['scenario'] {
  const state = (): ScenarioState => {
    if (!vu.activation) throw new Error(OUTSIDE_OF_VU);
    return vu.activation.state;
  };
  const iteration = (): number => {
    if (!vu.activation) throw new Error(OUTSIDE_OF_VU);
    return vu.activation.iterationInTest;
  };
  return {
    get name() {
      return state().scenario.name;
    },
    get executor() {
      return state().scenario.executor;
    },
    get startTime() {
      return state().startTime;
    },
    get progress() {
      return state().progress();
    },
    get iterationInInstance() {
      return iteration();
    },
    get iterationInTest() {
      return iteration();
    },
  };
}

function createTest(vu: Vu): Execution['test'] {
  return {
    abort: (message?: string): void => {
      const error = new AbortTest(withDetail('test aborted', message));
      // The throw stops the script; should the script catch it, the run ends all the same.
      if (vu.phase !== 'init') setImmediate(() => vu.run.abort(abortReason(error)));
      throw error;
    },
    fail: (message?: string): void => {
      if (vu.phase === 'init') throw new Error('execution.test.fail() called outside of VU context');
      vu.run.log.error(withDetail('test marked as failed', message));
      vu.run.markedAsFailed = true;
    },
    get options() {
      refuseInInit(vu, 'getting test options in the init context is not supported');
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
  return {
    get idInInstance() {
      return vu.id;
    },
    get idInTest() {
      return vu.id;
    },
    get iterationInInstance() {
      return vu.iteration;
    },
    get iterationInScenario() {
      const name = vu.activation?.state.scenario.name;
      return (name === undefined ? undefined : vu.scenarioIterations.get(name)) ?? 0;
    },
    tags,
    metrics: { tags, metadata },
  };
}

/** An object whose properties are entries kept elsewhere: set, read, `in`, delete and listing all go there. */
function liveMap(
  read: () => Readonly<Record<string, string>>,
  write: (key: string, value: unknown) => void,
  remove: (key: string) => void,
): Record<string, string | number | boolean> {
  const named = (key: string | symbol): key is string => typeof key === 'string';
  return new Proxy({} as Record<string, string>, {
    get: (target, key, receiver) =>
      named(key) && Object.hasOwn(read(), key) ? read()[key] : (Reflect.get(target, key, receiver) as unknown),
    has: (_target, key) => named(key) && Object.hasOwn(read(), key),
    set: (_target, key, value) => {
      if (named(key)) write(key, value);
      return true;
    },
    deleteProperty: (_target, key) => {
      if (named(key)) remove(key);
      return true;
    },
    ownKeys: () => Object.keys(read()),
    getOwnPropertyDescriptor: (_target, key) =>
      named(key) && Object.hasOwn(read(), key)
        ? { value: read()[key], enumerable: true, configurable: true, writable: true }
        : undefined,
  });
}
