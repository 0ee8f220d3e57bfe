import { availableParallelism, cpus } from 'node:os';
import type { ChosenEngine } from './find-k6.ts';

/** Tells the bundle what a script cannot find out: the machine that it runs on, and what its user set, as JSON of `benchmark_args.json`. */
export const ARGS_VARIABLE = 'LLM_PERF_ARGS';

/** What the client ran on, as the samples keep it; what nobody knows is left out. */
export function describeMachine(engine: ChosenEngine): Readonly<Record<string, string | number>> {
  const cpu = cpus()[0]?.model.trim() ?? '';
  return {
    ...(engine.name === 'k6' ? { k6: engine.version } : {}),
    Node: process.version,
    ...(cpu === '' ? {} : { CPU: cpu }),
    'CPU cores': availableParallelism(),
  };
}
