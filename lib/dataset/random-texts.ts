import type { LengthSpread } from '../config/length-type.ts';
import type { RunConfig } from '../config/parameters.ts';
import type { LoadedPrompts } from './load-prompts.ts';
import type { ChatMessage } from './prompt.ts';
import { random } from './sets/random.ts';

/** Random texts, as the dataset `random` makes them. */
export interface RandomTexts extends Pick<LoadedPrompts, 'problems'> {
  /** Those of a request, by its index since the dataset's offset; -1 is the connection test's. */
  of(request: number): readonly ChatMessage[];
}

/**
 * So many texts for each of `count` requests and for the connection test, as functions of the request's place in the dataset.
 *
 * @param config its lengths are those of a text
 */
export function makeRandomTexts(config: RunConfig, count: number, each: number, style: 'flag' | 'env'): RandomTexts {
  const offset = config.datasetOffset * each;
  const { prompts, problems } = random().generate({ ...config, datasetOffset: offset }, (count + 1) * each, style);
  return {
    problems,
    of(request) {
      const first = (request < 0 ? count : request) * each + offset;
      return Array.from({ length: each }, (_, i) => prompts[(first + i) % prompts.length]?.messages ?? []).flat();
    },
  };
}

/** The configuration for texts that are so many times as long. */
export function withLonger(config: RunConfig, times: number): RunConfig {
  const { inputLen, minPromptLength, maxPromptLength } = config;
  const longer = (length: number): number => Math.max(1, Math.round(length * times));
  const usual: LengthSpread = { shape: 'fixed', parameters: [1024] };
  const isBetween = config.given.has('maxPromptLength');
  const spread = inputLen ?? (isBetween ? null : usual);
  return {
    ...config,
    // Another text than that of the same place.
    seed: config.seed + 1,
    inputLen: spread === null ? null : { ...spread, parameters: spread.parameters.map(longer) },
    minPromptLength: longer(minPromptLength),
    maxPromptLength: longer(maxPromptLength),
  };
}
