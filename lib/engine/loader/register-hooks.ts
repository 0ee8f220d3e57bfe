import * as nodeModule from 'node:module';
import { createHooksSource } from './hooks-source.ts';

interface Hooks {
  readonly resolve: unknown;
  readonly load: unknown;
}

/** Newer Nodes run hooks in the same thread, which is faster; @types/node of Node 20 does not know it. */
const { registerHooks } = nodeModule as unknown as { registerHooks?: (hooks: Hooks) => unknown };

let registered: Promise<NativeImport> | null = null;

/** Node's own `import()`, whatever tool has bundled or transformed the engine. */
export type NativeImport = (url: string) => Promise<Record<string, unknown>>;

/** Installs the module hooks, once per process; they touch nothing but copies of scripts. */
export function installHooks(): Promise<NativeImport> {
  registered ??= install();
  return registered;
}

async function install(): Promise<NativeImport> {
  const importer = toDataUrl('export default (url) => import(url);');
  const { default: nativeImport } = (await import(/* @vite-ignore */ importer)) as { default: NativeImport };
  const hooks = toDataUrl(createHooksSource());
  if (registerHooks) registerHooks((await nativeImport(hooks)) as unknown as Hooks);
  else nodeModule.register(hooks);
  return nativeImport;
}

function toDataUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
