import { createRandom } from '../shared/random.ts';
import { type MockOptions, withoutGroup } from './knobs.ts';
import { mixKey } from './mock-words.ts';

/**
 * The options of one request after the draw whether it gets the faults: those spared have all faults off.
 *
 * With both counts set, the first `failFirst` requests and those after `failAfter` get them.
 * @param index the request's place in the order of arrival, from 0
 */
export function gateFaults(options: MockOptions, index: number): MockOptions {
  const random = createRandom(mixKey(options.seed, index, 4));
  const isDrawn = random.next() < options.faultRate;
  const isStatusDrawn = random.next() < options.statusRate;
  if (!isDrawn || !isInWindow(options, index)) return withoutGroup(options, 'fault');
  return isStatusDrawn ? options : { ...options, status: null };
}

function isInWindow({ failFirst, failAfter }: MockOptions, index: number): boolean {
  if (failFirst === null && failAfter === null) return true;
  return (failFirst !== null && index < failFirst) || (failAfter !== null && index >= failAfter);
}
