import type { SweepPagePoint } from '../report/html/report-data.ts';

/** One point of a sweep, measured as far as it got. */
export interface SweepPoint extends SweepPagePoint {
  readonly exit_code: number;
  /** Ended since the service fell behind. */
  readonly over_saturated: boolean;
}
