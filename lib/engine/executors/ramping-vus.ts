import { Scope } from '../scope.ts';
import type { RampingVusScenario } from '../settings/scenarios.ts';
import { now, sleepUntil } from '../timing.ts';
import type { ScenarioState } from '../vu/activation.ts';
import { runIteration } from '../vu/iteration.ts';
import { createDeadlines, createScenarioState, type Deadlines, type ExecutorContext, withVu } from './executor.ts';
import { gracefulSteps, rampingSteps, regularDuration } from './vu-steps.ts';

type Context = ExecutorContext<RampingVusScenario>;

/**
 * VUs in a loop whose number follows the stages. A VU that is taken away finishes its iteration within `gracefulRampDown`,
 * at the end of the scenario within `gracefulStop`.
 */
export async function runRampingVus(context: Context): Promise<void> {
  const { run, scenario } = context;
  const duration = regularDuration(scenario);
  const graceful = gracefulSteps(scenario);
  const deadlines = createDeadlines(run, duration, graceful.at(-1)!.at - duration);
  const state = createScenarioState(scenario, () => (now() - deadlines.start) / duration);
  const most = graceful.reduce((max, step) => Math.max(max, step.planned), 0);
  const slots = Array.from({ length: most }, () => new Slot(context, state, deadlines));
  const steps = [
    ...rampingSteps(scenario, true).map((step) => ({ ...step, hard: false })),
    ...graceful.map((step) => ({ ...step, hard: true })),
  ].sort((a, b) => a.at - b.at || Number(a.hard) - Number(b.hard));
  const ramping = followSteps(slots, steps, deadlines);
  // Every slot is idle after the last step, so what is left is to wait for iterations in flight.
  await ramping.scheduled;
  await Promise.all(slots.map((slot) => slot.finished()));
  deadlines.max.end();
  await ramping.all;
}

interface Step {
  readonly at: number;
  readonly planned: number;
  readonly hard: boolean;
}

function followSteps(slots: readonly Slot[], steps: readonly Step[], deadlines: Deadlines) {
  const lastSoft = steps.findLastIndex((step) => !step.hard);
  let markScheduled = (): void => {};
  const scheduled = new Promise<void>((resolve) => {
    markScheduled = resolve;
  });
  let allowed = 0;
  let scheduledVus = 0;
  const all = (async () => {
    for (const [index, { at, planned, hard }] of steps.entries()) {
      if (!(await sleepUntil(deadlines.start + at, deadlines.max))) break;
      // Each kind of step looks at its own count alone, as k6's two handlers do.
      if (hard) {
        for (; allowed > planned; allowed--) slots[allowed - 1]!.stop(true);
        allowed = planned;
      } else {
        for (; scheduledVus < planned; scheduledVus++) slots[scheduledVus]!.start();
        for (; scheduledVus > planned; scheduledVus--) slots[scheduledVus - 1]!.stop(false);
      }
      if (index === lastSoft) markScheduled();
    }
    markScheduled();
  })();
  return { all, scheduled };
}

/** One place for a VU that comes and goes. */
class Slot {
  readonly #context: Context;
  readonly #state: ScenarioState;
  readonly #deadlines: Deadlines;
  #wanted = false;
  #scope: Scope | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(context: Context, state: ScenarioState, deadlines: Deadlines) {
    this.#context = context;
    this.#state = state;
    this.#deadlines = deadlines;
  }

  /** Starts a VU here; one that is only to finish its iteration goes on instead. */
  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    if (this.#scope && !this.#scope.done) return;
    const scope = new Scope(this.#deadlines.max);
    this.#scope = scope;
    const before = this.#running;
    this.#running = before.then(() => this.#loop(scope));
  }

  /** @param hard stop at once, else after the iteration */
  stop(hard: boolean): void {
    this.#wanted = false;
    if (hard) this.#scope?.end();
  }

  finished(): Promise<void> {
    return this.#running;
  }

  async #loop(scope: Scope): Promise<void> {
    if (!this.#wanted || scope.done) {
      scope.end();
      return;
    }
    await withVu(this.#context, this.#state, scope, async (vu) => {
      while (this.#wanted && !scope.done) await runIteration(vu);
      scope.end();
    });
  }
}
