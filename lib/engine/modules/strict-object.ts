/**
 * A module's default object that names what it lacks: reading an unknown member throws instead of giving undefined.
 *
 * Symbols and the names that the language itself looks for (`then`, `toJSON`, …) stay readable.
 */
export function strictObject<T extends object>(moduleName: string, members: T): T {
  return new Proxy(members, {
    get: (target, key, receiver) => {
      // biome-ignore lint/plugin: a proxy asks what its target has, inherited members among it
      if (typeof key === 'string' && !(key in target) && !LOOKED_FOR.has(key)) {
        throw new Error(`${moduleName} has no '${key}' in the Node engine; run this script with k6`);
      }
      return Reflect.get(target, key, receiver);
    },
  });
}

const LOOKED_FOR = new Set(['then', 'toJSON', 'default', '__esModule', 'asymmetricMatch', 'nodeType', '$$typeof']);
