import type { Vu } from '../vu/vu.ts';

type SharedArrayConstructor = typeof import('k6/data')['SharedArray'];

/** `k6/data` for one VU. */
export function createDataModule(vu: Vu): { SharedArray: SharedArrayConstructor } {
  class SharedArray {
    constructor(name: unknown, builder: unknown) {
      if (vu.phase !== 'init') throw new Error('new SharedArray must be called in the init context');
      // biome-ignore lint/correctness/noConstructorReturn: k6's SharedArray is an array and no instance of a class
      return createView(loadOrBuild(vu, String(name), builder as () => unknown)) as unknown as SharedArray;
    }
  }
  return { SharedArray: SharedArray as unknown as SharedArrayConstructor };
}

/** The elements as JSON; the builder runs once per run, whichever VU comes first. */
function loadOrBuild(vu: Vu, name: string, builder: () => unknown): readonly string[] {
  const known = vu.run.sharedArrays.get(name);
  if (known) return known;
  const built = builder();
  if (!Array.isArray(built)) throw new Error('only arrays can be made into SharedArray');
  const elements = built.map((element: unknown) => JSON.stringify(element) ?? 'null');
  vu.run.sharedArrays.set(name, elements);
  return elements;
}

/** A read-only array that parses and freezes an element each time it is read, so that VUs cannot touch each other's. */
function createView(elements: readonly string[]): readonly unknown[] {
  const refuse = (): never => {
    throw new TypeError('SharedArray is immutable');
  };
  return new Proxy([] as unknown[], {
    get: (target, key, receiver) => {
      if (key === 'length') return elements.length;
      const index = toIndex(key);
      if (index === null) return Reflect.get(target, key, receiver) as unknown;
      const json = elements[index];
      return json === undefined ? undefined : deepFreeze(JSON.parse(json));
    },
    has: (target, key) => {
      const index = toIndex(key);
      return index === null ? Reflect.has(target, key) : index < elements.length;
    },
    ownKeys: () => [...elements.keys()].map(String).concat('length'),
    getOwnPropertyDescriptor: (target, key) => {
      const index = toIndex(key);
      if (index === null) return Reflect.getOwnPropertyDescriptor(target, key);
      const json = elements[index];
      if (json === undefined) return undefined;
      return { value: deepFreeze(JSON.parse(json)), enumerable: true, configurable: true, writable: false };
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
  });
}

function toIndex(key: string | symbol): number | null {
  return typeof key === 'string' && /^(0|[1-9]\d*)$/.test(key) ? Number(key) : null;
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
