import { createRandom } from '../shared/random.ts';

/** Keeps the choice apart from the gaps between starts, which are drawn from the same seed. */
const SALT = 0x6c656176;

/**
 * Whether the user of a request leaves before its answer is there (`--cancel-rate`): each with this probability, by index and
 * seed alone, so that both engines, and all instances of a distributed run, choose the same requests.
 *
 * @param rate 0 to 1
 */
export function isLeaving(index: number, seed: number, rate: number): boolean {
  return rate > 0 && createRandom((seed ^ SALT) + Math.imul(index, 0x9e3779b9)).next() < rate;
}
