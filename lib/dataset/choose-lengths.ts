import type { LengthSpread } from '../config/length-type.ts';
import type { RunConfig } from '../config/parameters.ts';
import type { Random } from '../shared/random.ts';
import { drawKind } from './draw-length.ts';

/** How long the prompt of a request and its answer are to be; null: as `max-tokens` says. */
export function chooseLengths(config: RunConfig, random: Random): { input: LengthSpread; output: LengthSpread | null } {
  const { lengthMix, inputLen, outputLen, rangeRatio, given, minPromptLength, maxPromptLength } = config;
  if (lengthMix !== null) return drawKind(lengthMix, random);
  const isBetween = given.has('maxPromptLength');
  const usual: LengthSpread = isBetween
    ? { shape: 'uniform', parameters: [Math.max(1, minPromptLength), Math.max(1, maxPromptLength)] }
    : { shape: 'fixed', parameters: [1024] };
  const spread = (length: LengthSpread): LengthSpread => widen(length, rangeRatio);
  return { input: inputLen === null ? usual : spread(inputLen), output: outputLen === null ? null : spread(outputLen) };
}

/** vLLM's range: from L(1-r) to L(1+r), to whole tokens outwards, at least one. */
function widen(length: LengthSpread, ratio: number): LengthSpread {
  const [tokens = 1] = length.parameters;
  if (length.shape !== 'fixed' || ratio === 0) return length;
  return {
    shape: 'uniform',
    parameters: [Math.max(1, Math.floor(tokens * (1 - ratio))), Math.ceil(tokens * (1 + ratio))],
  };
}
