import type { ItlByPosition } from '../report-data.ts';
import { groupOf, LOG_BIN_COUNT, logBinQuantile } from './log-bins.ts';
import { rounded } from './nice-step.ts';

const POSITIONS = 128;
/** 48 bins to a decade here: a value is known to 5 %, which a line's height does not show. */
const STEP = 4;
const GROUPS = groupOf(LOG_BIN_COUNT - 1, STEP) + 1;
const ENOUGH_FOR_P99 = 100;

/** Gaps by their position in the output, in ranges that widen with the longest output, so memory stays the same. */
export interface PositionBins {
  /**
   * @param position of the gap in its output, from 1
   * @param logBin its length, from `logBinOf`
   */
  add(position: number, logBin: number): void;
  build(): ItlByPosition;
}

export function createPositionBins(): PositionBins {
  let width = 1;
  let counts = new Uint32Array(POSITIONS * GROUPS);

  function fold(): void {
    const next = new Uint32Array(POSITIONS * GROUPS);
    for (let i = 0; i < counts.length; i++) {
      const target = Math.floor(i / GROUPS / 2) * GROUPS + (i % GROUPS);
      next[target] = (next[target] as number) + (counts[i] as number);
    }
    counts = next;
    width *= 2;
  }

  return {
    add(position, logBin) {
      while (position > POSITIONS * width) fold();
      const at = Math.floor((position - 1) / width) * GROUPS + groupOf(logBin, STEP);
      counts[at] = (counts[at] as number) + 1;
    },
    build() {
      const rows = { from: [], to: [], count: [], p50_ms: [], p90_ms: [], p99_ms: [] } as {
        [key in keyof ItlByPosition]: ItlByPosition[key][number][];
      };
      for (let range = 0; range < POSITIONS; range++) {
        const values = counts.subarray(range * GROUPS, (range + 1) * GROUPS);
        const count = values.reduce((sum, value) => sum + value, 0);
        if (count === 0) continue;
        const quantile = (share: number): number => rounded(logBinQuantile(values, share, STEP) as number);
        rows.from.push(range * width + 1);
        rows.to.push((range + 1) * width);
        rows.count.push(count);
        rows.p50_ms.push(quantile(0.5));
        rows.p90_ms.push(quantile(0.9));
        rows.p99_ms.push(count < ENOUGH_FOR_P99 ? null : quantile(0.99));
      }
      return rows as ItlByPosition;
    },
  };
}
