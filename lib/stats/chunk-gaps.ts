import { createGrowable, type Growable } from '../shared/growable.ts';
import type { Milliseconds } from '../shared/units.ts';

/** The gaps between the chunks of requests, one request's behind the other's. */
export interface ChunkGaps {
  /** In units of which `perMs` make a millisecond. */
  readonly values: Uint32Array | Float64Array;
  readonly perMs: 1 | 1000;
  /** Where the gaps of the i-th request begin, and where those of the last one end. */
  readonly starts: Uint32Array;
}

/** Takes the gaps of one request after the other. */
export interface ChunkGapsBuilder {
  add(gaps: readonly Milliseconds[]): void;
  build(): ChunkGaps;
}

/**
 * Four bytes a gap as long as all are whole microseconds below 71 minutes, as records have them: those are exact in whole
 * numbers, since a decimal fraction read from JSON and the same number of microseconds over 1000 are one double. Eight
 * bytes for others.
 */
export function createChunkGapsBuilder(): ChunkGapsBuilder {
  const starts = createGrowable((length) => new Uint32Array(length));
  let values: Growable<Uint32Array | Float64Array> = createGrowable((length) => new Uint32Array(length));
  let perMs: ChunkGaps['perMs'] = 1000;
  starts.push(0);

  function pushOther(gap: Milliseconds): void {
    const before = values.values();
    values = createGrowable((length) => new Float64Array(length));
    for (const value of before) values.push(value / perMs);
    perMs = 1;
    values.push(gap);
  }

  function push(gap: Milliseconds): void {
    const whole = Math.round(gap * 1000);
    if (perMs === 1) values.push(gap);
    else if (whole / 1000 === gap && whole >= 0 && whole < 2 ** 32) values.push(whole);
    else pushOther(gap);
  }

  return {
    add(gaps) {
      for (let i = 0; i < gaps.length; i++) push(gaps[i] as Milliseconds);
      starts.push(values.length);
    },
    build: () => ({ values: values.values(), perMs, starts: starts.values() }),
  };
}
