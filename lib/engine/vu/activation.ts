import type { Milliseconds } from '../../shared/units.ts';
import type { Scope } from '../scope.ts';
import type { Scenario } from '../settings/scenarios.ts';
import type { Vu } from './vu.ts';

/** A scenario while it runs. */
export interface ScenarioState {
  readonly scenario: Scenario;
  /** Epoch milliseconds. */
  readonly startTime: Milliseconds;
  /** 0 to 1. */
  progress(): number;
  /** Numbers the iterations of the scenario, from 0, in the order of their starts. */
  nextIteration(): number;
}

/** A VU's stay in a scenario. */
export interface Activation {
  readonly state: ScenarioState;
  /** Ends when iterations must stop at once. */
  readonly scope: Scope;
  /** Number of the current iteration in the scenario. */
  iterationInTest: number;
}

/** Puts a VU to work in a scenario: its tags, its environment, its function. */
export function activate(vu: Vu, state: ScenarioState, scope: Scope): void {
  const { scenario } = state;
  vu.phase = 'iterations';
  vu.activation = { state, scope, iterationInTest: -1 };
  vu.resetTags({
    ...scenario.tags,
    ...(vu.has('group') ? { group: '' } : {}),
    ...(vu.has('scenario') ? { scenario: scenario.name } : {}),
  });
  if (vu.has('vu')) vu.setMetadata('vu', String(vu.id));
  vu.environment({ ...vu.run.env, ...scenario.env });
}
