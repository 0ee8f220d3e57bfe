import type { Milliseconds } from '../shared/units.ts';
import type { Stage } from './rate-profile.ts';

/** In which stage a request starts, from 1, as a field of its record; none without stages, and after the last one. */
export function markStage(stages: readonly Stage[] | null, sinceBeginMs: Milliseconds): { readonly stage?: number } {
  let endMs = 0;
  const isWithin = ({ durationS }: Stage): boolean => {
    endMs += durationS * 1000;
    return sinceBeginMs < endMs;
  };
  const place = stages?.findIndex(isWithin) ?? -1;
  return place < 0 ? {} : { stage: place + 1 };
}
