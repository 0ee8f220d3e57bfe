/** The finest bins: 192 to a decade, so that a value is known to 1.2 %. */
const PER_DECADE = 192;
/** Bins begin at a microsecond, the resolution of a record, and end at ten million ms, nearly three hours. */
const LOWEST = 0.001;
const DECADES = 10;

/** Bin 0 holds what lies below a microsecond. */
export const LOG_BIN_COUNT = PER_DECADE * DECADES + 1;

/** The bin of a value in milliseconds; what lies outside goes into the first or last one. */
export function logBinOf(value: number): number {
  if (!(value >= LOWEST)) return 0;
  return Math.min(LOG_BIN_COUNT - 1, 1 + Math.floor(Math.log10(value / LOWEST) * PER_DECADE));
}

/** Values whose bin is remembered, in microseconds. */
const REMEMBERED = 2 ** 18;

/** `logBinOf` for many values of few microseconds, most of which come again: a logarithm takes ten times as long. */
export function createBinMemory(): (value: number) => number {
  const known = new Uint16Array(REMEMBERED);
  return (value) => {
    const place = Math.round(value * 1000);
    if (place / 1000 !== value || place >= REMEMBERED) return logBinOf(value);
    // 0 is not known yet.
    if (known[place] === 0) known[place] = logBinOf(value) + 1;
    return (known[place] as number) - 1;
  };
}

/** Where a bin begins; it ends where the next one begins. */
export function logBinStart(bin: number): number {
  return bin === 0 ? 0 : LOWEST * 10 ** ((bin - 1) / PER_DECADE);
}

/**
 * A quantile of binned values, linear within its bin.
 *
 * @param counts one a group of `step` bins, see `groupOf`
 * @param share 0 to 1
 * @returns milliseconds, off by at most the width of a bin; null without values
 */
export function logBinQuantile(counts: ArrayLike<number>, share: number, step = 1): number | null {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i] as number;
  if (total === 0) return null;
  const wanted = share * total;
  let before = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    if (count > 0 && before + count >= wanted) {
      const [start, end] = [startOfGroup(i, step), startOfGroup(i + 1, step)];
      return start + (end - start) * ((wanted - before) / count);
    }
    before += count;
  }
  return startOfGroup(counts.length, step);
}

/** Bin 0 stays alone, so that groups of `step` bins begin at a microsecond. */
export function groupOf(bin: number, step: number): number {
  return bin === 0 ? 0 : 1 + Math.floor((bin - 1) / step);
}

function startOfGroup(group: number, step: number): number {
  return group === 0 ? 0 : logBinStart(1 + (group - 1) * step);
}
