import { createGrowable } from '../shared/growable.ts';
import type { Milliseconds } from '../shared/units.ts';

/** The gaps between the chunks of requests, packed. */
export interface ChunkGaps {
  /** How many gaps each request has. */
  readonly counts: Uint32Array;
  /** Whether all are whole microseconds below 71 minutes, as records have them. */
  readonly whole: boolean;
  /** The gaps of a request, by its place; the next call overwrites them. */
  of(request: number): Float64Array;
}

/** Takes the gaps of one request after the other. */
export interface ChunkGapsBuilder {
  add(gaps: readonly Milliseconds[]): void;
  build(): ChunkGaps;
}

/** Halves of a page; a request lies in one page, and one that is longer than a page has its own. */
const PAGE = 2 ** 19;
/** How the gaps of a request are written: whole microseconds in one half each, in two, or doubles in four. */
const [SHORT, LONG, DOUBLE] = [0, 1, 2];
/** In place of a microsecond count that does not fit one half; two halves follow. */
const ESCAPE = 0xffff;
const HALF = 0x10000;

/**
 * Two bytes a gap below 65 ms, six above; four where most of a request's gaps are longer. So 1,000,000 answers of 128
 * chunks take 260 MB. Microseconds are exact in whole numbers, since a decimal fraction read from JSON and the same number
 * of microseconds over 1000 are one double. Gaps that are none, of no record of ours, take eight bytes.
 */
export function createChunkGapsBuilder(): ChunkGapsBuilder {
  const counts = createGrowable((length) => new Uint32Array(length));
  const starts = createGrowable((length) => new Uint32Array(length));
  const pages: Uint16Array[] = [];
  let page = new Uint16Array(0);
  let used = 0;
  let whole = true;

  /** Begins a page where the open one has no room. */
  function makeRoom(halves: number): void {
    if (used + halves > page.length) {
      page = new Uint16Array(Math.max(PAGE, halves));
      pages.push(page);
      used = 0;
    }
    starts.push((pages.length - 1) * PAGE + used);
  }

  function addShort(gaps: readonly Milliseconds[], long: number): void {
    makeRoom(1 + gaps.length + 2 * long);
    page[used++] = SHORT;
    for (let i = 0; i < gaps.length; i++) {
      const count = toCount(gaps[i] as Milliseconds);
      if (count < ESCAPE) page[used++] = count;
      else {
        page[used++] = ESCAPE;
        page[used++] = count;
        page[used++] = count / HALF;
      }
    }
  }

  function addLong(gaps: readonly Milliseconds[]): void {
    makeRoom(1 + 2 * gaps.length);
    page[used++] = LONG;
    for (let i = 0; i < gaps.length; i++) {
      const count = toCount(gaps[i] as Milliseconds);
      page[used++] = count;
      page[used++] = count / HALF;
    }
  }

  function addDoubles(gaps: readonly Milliseconds[]): void {
    makeRoom(1 + 4 * gaps.length);
    page[used++] = DOUBLE;
    page.set(new Uint16Array(Float64Array.from(gaps).buffer), used);
    used += 4 * gaps.length;
    whole = false;
  }

  return {
    add(gaps) {
      counts.push(gaps.length);
      const long = countLong(gaps);
      if (gaps.length === 0) starts.push(0);
      else if (long === null) addDoubles(gaps);
      else if (2 * long < gaps.length) addShort(gaps, long);
      else addLong(gaps);
    },
    build: () => createChunkGaps(counts.values(), starts.values(), pages, whole),
  };
}

function toCount(gap: Milliseconds): number {
  return Math.round(gap * 1000);
}

/** How many gaps do not fit one half; null where one is not a whole number of microseconds, or too long. */
function countLong(gaps: readonly Milliseconds[]): number | null {
  let long = 0;
  for (let i = 0; i < gaps.length; i++) {
    const gap = gaps[i] as Milliseconds;
    const count = toCount(gap);
    if (count / 1000 !== gap || count < 0 || count >= 2 ** 32) return null;
    if (count >= ESCAPE) long += 1;
  }
  return long;
}

function createChunkGaps(
  counts: Uint32Array,
  starts: Uint32Array,
  pages: readonly Uint16Array[],
  whole: boolean,
): ChunkGaps {
  let held = new Float64Array(256);

  function readCounts(page: Uint16Array, from: number, count: number, isShort: boolean): void {
    let at = from;
    for (let i = 0; i < count; i++) {
      let value = ESCAPE;
      if (isShort) value = page[at++] as number;
      if (value === ESCAPE) {
        value = (page[at] as number) + (page[at + 1] as number) * HALF;
        at += 2;
      }
      held[i] = value / 1000;
    }
  }

  return {
    counts,
    whole,
    of(request) {
      const count = counts[request] as number;
      if (count > held.length) held = new Float64Array(2 * count);
      if (count === 0) return held.subarray(0, 0);
      const start = starts[request] as number;
      const page = pages[Math.floor(start / PAGE)] as Uint16Array;
      const at = start % PAGE;
      if (page[at] !== DOUBLE) readCounts(page, at + 1, count, page[at] === SHORT);
      else new Uint16Array(held.buffer).set(page.subarray(at + 1, at + 1 + 4 * count));
      return held.subarray(0, count);
    },
  };
}
