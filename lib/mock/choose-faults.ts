import { ownValue } from '../shared/own-value.ts';
import { createRandom } from '../shared/random.ts';
import { type MockOptions, withoutFaults } from './knobs.ts';
import { BadRequest } from './mock-api.ts';
import { mixKey } from './mock-words.ts';
import type { Shape } from './shape-parts.ts';
import { SHAPES } from './shapes.ts';

const NO_SHAPE: Shape = { does: 'answers in order' };

/** The shape that an answer has: the row of the table that its options name. */
export function shapeOf({ shape }: MockOptions): Shape {
  return shape === null ? NO_SHAPE : (ownValue(SHAPES, shape) as Shape);
}

/**
 * The options of one request after the draw whether it gets the faults: those spared have all faults off, the others
 * those that their shape turns on.
 *
 * A prompt may name a shape: `[[shape:NAME]]`, the last one where there are several. With both counts set, the first
 * `failFirst` requests and those after `failAfter` get the faults.
 * @param text  the body of the request
 * @param index the request's place in the order of arrival, from 0
 * @throws {BadRequest} when there is no shape of that name
 */
export function chooseFaults(options: MockOptions, text: string, index: number): MockOptions {
  const shape = [...text.matchAll(/\[\[shape:([\w-]+)\]\]/g)].at(-1)?.[1] ?? options.shape;
  if (shape !== null && !Object.hasOwn(SHAPES, shape)) {
    throw new BadRequest(`There is no shape ${shape}; the help of the mock lists them`);
  }
  const random = createRandom(mixKey(options.seed, index, 4));
  const isDrawn = random.next() < options.faultRate;
  const isStatusDrawn = random.next() < options.statusRate;
  if (!isDrawn || !isInWindow(options, index)) return withoutFaults(options);
  const status = isStatusDrawn ? options.status : null;
  return { ...options, shape, status, ...shapeOf({ ...options, shape }).knobs };
}

function isInWindow({ failFirst, failAfter }: MockOptions, index: number): boolean {
  if (failFirst === null && failAfter === null) return true;
  return (failFirst !== null && index < failFirst) || (failAfter !== null && index >= failAfter);
}
