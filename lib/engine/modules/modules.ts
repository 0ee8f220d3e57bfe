import { ownValue } from '../../shared/own-value.ts';
import type { Vu } from '../vu/vu.ts';
import { createDataModule } from './data.ts';
import { createEncodingModule } from './encoding.ts';
import { createExecutionModule, executionParts } from './execution.ts';
import { createHttpModule } from './http.ts';
import { createK6Module } from './k6.ts';
import { createMetricsModule } from './metrics.ts';
import { createSseModule } from './sse.ts';
import { strictObject } from './strict-object.ts';

/** The exports of a module by name. */
export type Namespace = Readonly<Record<string, unknown>>;

type Create = (vu: Vu) => object;

/** The modules of k6 that the engine has: what makes the default export for a VU, and the named ones where they differ. */
const MODULES: Readonly<Record<string, readonly [main: Create, named?: Create]>> = {
  k6: [createK6Module],
  'k6/metrics': [createMetricsModule],
  'k6/execution': [createExecutionModule, executionParts],
  'k6/data': [createDataModule],
  'k6/encoding': [createEncodingModule],
  'k6/http': [createHttpModule],
  'k6/secrets': [createSecretsModule],
  'k6/x/sse': [createSseModule],
};

/**
 * Finds the modules of one VU, each made when its copy of the script imports it: `sse_event` exists only with `k6/x/sse`, as in k6.
 *
 * @returns null for a module that the engine does not have
 */
export function createModules(vu: Vu): (name: string) => Namespace | null {
  const made = new Map<string, Namespace>();
  return (name) => {
    const known = made.get(name);
    const makers = ownValue(MODULES, name);
    if (known || !makers) return known ?? null;
    const [main, named] = makers;
    const object = main(vu);
    const namespace = { ...(named ? named(vu) : object), default: strictObject(name, object) };
    made.set(name, namespace);
    return namespace;
  };
}

/** `k6/secrets`: the engine has no secret source, so asking for a secret fails as in a k6 that was started without one. */
function createSecretsModule(): object {
  const get = (): Promise<never> =>
    Promise.reject(new Error('no secret sources are configured: the Node engine has none; run this script with k6'));
  return { get, source: () => ({ get }) };
}
