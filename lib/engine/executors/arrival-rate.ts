import type { ArrivalRateScenario } from '../settings/scenarios.ts';
import { now, sleepUntil, yieldToEventLoop } from '../timing.ts';
import { activate } from '../vu/activation.ts';
import { runIteration } from '../vu/iteration.ts';
import type { Vu } from '../vu/vu.ts';
import { arrivalTimes } from './arrival-times.ts';
import { createDeadlines, createScenarioState, type ExecutorContext, recordDropped } from './executor.ts';
import { regularDuration } from './vu-steps.ts';

/**
 * Starts iterations at times that do not depend on how long they take. When no VU is free the iteration is dropped, and
 * another VU is made in the background while `maxVUs` allows.
 */
export async function runArrivalRate(context: ExecutorContext<ArrivalRateScenario>): Promise<void> {
  const { run, scenario, pool } = context;
  const duration = regularDuration(scenario);
  const deadlines = createDeadlines(run, duration, scenario.gracefulStop);
  const state = createScenarioState(scenario, () => (now() - deadlines.start) / duration);
  const team = new Team(context, (vu) => activate(vu, state, deadlines.max));
  for (let i = 0; i < scenario.preAllocatedVUs; i++) team.add(await pool.take());
  for (const time of arrivalTimes(scenario)) {
    // An arrival exactly at the end still starts, as in k6; one that comes too late does not.
    if (time > duration || !(await sleepUntil(deadlines.start + time, deadlines.max))) break;
    await yieldToEventLoop();
    if (deadlines.max.done || (deadlines.over() && time < duration)) break;
    if (!team.tryIteration()) {
      recordDropped(context, 1);
      team.enlarge();
    }
  }
  await team.finished();
  deadlines.max.end();
}

/** The VUs of the scenario: free ones, busy ones, and perhaps one that is being made. */
class Team {
  readonly #context: ExecutorContext<ArrivalRateScenario>;
  readonly #activate: (vu: Vu) => void;
  readonly #members: Vu[] = [];
  readonly #free: Vu[] = [];
  readonly #running = new Set<Promise<void>>();
  #remaining: number;
  #making = false;
  #closed = false;
  #warned = false;

  constructor(context: ExecutorContext<ArrivalRateScenario>, activateVu: (vu: Vu) => void) {
    this.#context = context;
    this.#activate = activateVu;
    this.#remaining = context.scenario.maxVUs - context.scenario.preAllocatedVUs;
  }

  add(vu: Vu): void {
    this.#activate(vu);
    this.#members.push(vu);
    this.#free.push(vu);
  }

  /** Starts an iteration on a free VU; false when there is none. */
  tryIteration(): boolean {
    const vu = this.#free.shift();
    if (!vu) return false;
    const { run } = this.#context;
    run.activeVus++;
    const running = runIteration(vu).then(() => {
      run.activeVus--;
      this.#free.push(vu);
      this.#running.delete(running);
    });
    this.#running.add(running);
    return true;
  }

  enlarge(): void {
    const { run, pool, scenario } = this.#context;
    if (this.#remaining <= 0) {
      if (!this.#warned) {
        run.log.warn(`Insufficient VUs, reached ${scenario.maxVUs} active VUs and cannot initialize more`);
      }
      this.#warned = true;
      return;
    }
    if (this.#making) return;
    this.#making = true;
    this.#remaining--;
    const making = pool
      .takeUnplanned()
      .then((vu) => (this.#closed ? pool.giveBack(vu) : this.add(vu)))
      .catch((error: Error) => run.log.error(`Error while allocating unplanned VU: ${error.message}`))
      .then(() => {
        this.#making = false;
        this.#running.delete(making);
      });
    this.#running.add(making);
  }

  /** Waits for the iterations in flight and gives the VUs back. */
  async finished(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#running);
    for (const vu of this.#members) this.#context.pool.giveBack(vu);
  }
}
