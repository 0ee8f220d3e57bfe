import { AbortTest, describeException } from '../engine-error.ts';
import { Scope } from '../scope.ts';
import { now, yieldToEventLoop } from '../timing.ts';
import type { Activation } from './activation.ts';
import type { Vu } from './vu.ts';

/**
 * Runs the scenario's function once.
 *
 * An exception of the script is logged and the iteration counts, as in k6. An interrupted iteration leaves no
 * `iterations` and no `iteration_duration`.
 * @returns false when the iteration was interrupted
 */
export async function runIteration(vu: Vu): Promise<boolean> {
  const activation = vu.activation;
  if (!activation || activation.scope.done) return false;
  const { run } = vu;
  await run.congestion();
  countIteration(vu, activation);
  const scope = new Scope(activation.scope);
  vu.scope = scope;
  const started = now();
  const error = await callScript(vu, activation.state.scenario.exec, [vu.setupData], scope);
  const ended = now();
  const complete = !scope.done;
  recordTraffic(vu);
  if (complete) {
    vu.record(run.builtin.iteration_duration, ended - started);
    vu.record(run.builtin.iterations, 1);
  }
  scope.end();
  for (const cleanup of vu.iterationCleanups) cleanup();
  if (!complete || error?.value instanceof AbortTest) {
    run.iterationsInterrupted++;
    if (error?.value instanceof AbortTest) run.abort(error.value);
    return false;
  }
  if (error) run.log.error(describeException(error.value));
  run.iterationsCompleted++;
  await yieldToEventLoop();
  return true;
}

/**
 * Calls an exported function and waits for it and for all it began.
 *
 * @returns the exception, null when there is none or the scope ended first
 */
export async function callScript(
  vu: Vu,
  name: string,
  args: readonly unknown[],
  scope: Scope,
  onResult: (value: unknown) => void = () => {},
): Promise<{ value: unknown } | null> {
  const script = (async () => {
    const call = vu.exports[name] as (...values: readonly unknown[]) => unknown;
    onResult(await call(...args));
    await vu.idle();
    return null;
  })();
  const outcome = script.catch((value: unknown) => ({ value }));
  return Promise.race([outcome, scope.ended().then(() => null)]);
}

/** `data_sent` and `data_received` since the last time. k6 pushes them after every call of the script, zeros too. */
export function recordTraffic(vu: Vu): void {
  const { sent, received } = vu.meter.take();
  vu.run.record(vu.run.builtin.data_sent, sent, vu.tags, vu.metadata);
  vu.run.record(vu.run.builtin.data_received, received, vu.tags, vu.metadata);
}

function countIteration(vu: Vu, activation: Activation): void {
  const { name } = activation.state.scenario;
  vu.iteration++;
  vu.scenarioIterations.set(name, (vu.scenarioIterations.get(name) ?? -1) + 1);
  activation.iterationInTest = activation.state.nextIteration();
  if (vu.has('iter')) vu.setMetadata('iter', String(vu.iteration));
  vu.setIterationGlobal(vu.iteration);
}
