import type { BenchContext } from './context.ts';
import { built } from './context.ts';

/** The engines that are there. */
export function listEngines({ k6Path }: BenchContext): readonly ('k6' | 'node')[] {
  return k6Path === null ? ['node'] : ['k6', 'node'];
}

/** A run of the bundle; settings go to k6 in its environment, and to the Node engine as arguments. */
export function engineCommand(
  context: BenchContext,
  engine: 'k6' | 'node',
  settings: Readonly<Record<string, string>>,
): readonly string[] {
  const { bundle, script } = built(context);
  if (engine === 'k6') return [context.k6Path as string, 'run', '--quiet', '--log-format', 'raw', bundle];
  const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [process.execPath, script('engine'), bundle, ...words, 'WARM_UP=false'];
}
