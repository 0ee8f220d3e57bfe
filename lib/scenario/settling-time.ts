import type { RunConfig } from '../config/parameters.ts';
import type { Milliseconds } from '../shared/units.ts';
import { countVus, type LoadPlan } from './plan-load.ts';

/** In which a VU gets ready, on two cores. */
const READY_MS = 3;
const LONGEST_OF_CLOSED_MS = 500;
const LONGEST_OF_OPEN_MS = 10_000;

/**
 * How long a load leaves its VUs to get ready, which each of them does when it begins: else that would be in the way of the first
 * starts and of their first tokens.
 *
 * An open loop begins so long after its scenario, in both engines alike, and whatever the number of instances; with `start-at` its
 * VUs get ready before. In a closed loop it is what the first requests wait for, in k6 alone: the VUs of the Node engine start one
 * after the other.
 */
export function settlingTime(config: RunConfig, plan: LoadPlan, isNodeEngine: boolean): Milliseconds {
  const settlingMs = countVus(config, plan) * READY_MS;
  if (plan.starts !== null) return Math.min(LONGEST_OF_OPEN_MS, settlingMs);
  return isNodeEngine ? 0 : Math.min(LONGEST_OF_CLOSED_MS, settlingMs);
}
