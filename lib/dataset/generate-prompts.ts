import type { RunConfig } from '../config/parameters.ts';
import type { Prompt } from './prompt.ts';

/**
 * The prompts of a run that makes them, where requests take them: request `i` the one at `(datasetOffset + i) % length`, as
 * from a file. One more is made, which the connection test sends, so that no measured prompt is in the service's cache.
 *
 * @param count how many requests the run sends, warm-up included
 * @param promptAt the prompt of an index, as a pure function of it, so that it is the same in every engine and instance:
 * from 0 on, `dataset-offset` included; -1 is the prompt of the connection test
 */
export function generatePrompts(
  { datasetOffset }: Pick<RunConfig, 'datasetOffset'>,
  count: number,
  promptAt: (index: number) => Prompt,
): Prompt[] {
  const length = count + 1;
  return Array.from({ length }, (_, place) => {
    const request = (((place - datasetOffset) % length) + length) % length;
    return promptAt(request === count ? -1 : datasetOffset + request);
  });
}
