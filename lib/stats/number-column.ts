import { createGrowable, type Growable } from '../shared/growable.ts';

/** Numbers that come one by one; NaN for none. */
export interface NumberColumn {
  push(value: number): void;
  /** The numbers so far; what it gives makes a list of them anew with each call, where they are packed. */
  build(): () => Float64Array;
}

/** Above all that 32 bits hold, so that a 0 is left for NaN. */
const MOST = 2 ** 32 - 2;

/**
 * A number as whole thousandths, as which 32 bits hold the times and counts of records: microseconds over 1000 are the
 * double that is read from their decimal fraction.
 *
 * @returns null for any other number, and for -0
 */
export function toThousandths(value: number): number | null {
  const thousandths = Math.round(value * 1000);
  const isWhole = thousandths / 1000 === value && thousandths >= 0 && thousandths <= MOST;
  return isWhole && !Object.is(value, -0) ? thousandths : null;
}

/** Four bytes a number as long as all are whole thousandths, eight from the first other one on; none while all are the same. */
export function createNumberColumn(): NumberColumn {
  let alike: { readonly value: number; count: number } | null = null;
  let packed: Growable<Uint32Array> | null = createGrowable((length) => new Uint32Array(length));
  let plain: Growable<Float64Array> | null = null;

  function pushPlain(value: number): void {
    if (plain === null) {
      plain = createGrowable((length) => new Float64Array(length));
      for (const before of unpack(packed?.values() ?? new Uint32Array())) plain.push(before);
      packed = null;
    }
    plain.push(value);
  }

  function keep(value: number): void {
    const thousandths = Number.isNaN(value) ? -1 : toThousandths(value);
    if (packed === null || thousandths === null) pushPlain(value);
    else packed.push(thousandths + 1);
  }

  /** Whether the number is the same as all before it. */
  function isAlike(value: number): boolean {
    if (alike === null) return packed?.length === 0;
    return Object.is(alike.value, value);
  }

  return {
    push(value) {
      if (isAlike(value)) {
        alike ??= { value, count: 0 };
        alike.count += 1;
        return;
      }
      for (let i = 0; alike !== null && i < alike.count; i++) keep(alike.value);
      alike = null;
      keep(value);
    },
    build() {
      if (alike !== null) {
        const { value, count } = alike;
        return () => new Float64Array(count).fill(value);
      }
      if (plain !== null) {
        const values = plain.values();
        return () => values;
      }
      const values = packed?.values() ?? new Uint32Array();
      return () => unpack(values);
    },
  };
}

function unpack(packed: Uint32Array): Float64Array {
  const values = new Float64Array(packed.length);
  for (let i = 0; i < packed.length; i++) values[i] = packed[i] === 0 ? Number.NaN : ((packed[i] as number) - 1) / 1000;
  return values;
}
