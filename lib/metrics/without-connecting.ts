import type { RequestRecord } from '../measure/request-record.ts';
import type { Milliseconds } from '../shared/units.ts';

/** A larger share of TTFT, or of latency where there is none, is worth a word: whoever compares with a tool that keeps its connections is wrong by it. */
export const LARGE_CONNECTING = 0.05;

/** A time of a request as on a connection that was there before; null where either is not known. */
export function withoutConnecting(time: Milliseconds | null, { connect_ms }: RequestRecord): Milliseconds | null {
  return time === null || connect_ms === null ? null : time - connect_ms;
}

/** Whether connecting is so much of a run's times, by their means, that it has rows. */
export function isConnectingLarge(mean: (metric: string) => number | null): boolean {
  const share = (name: string): number => {
    const [whole, rest] = [mean(name), mean(`${name}_connected`)];
    return whole === null || rest === null || whole <= 0 ? 0 : (whole - rest) / whole;
  };
  return (mean('ttft') === null ? share('latency') : share('ttft')) > LARGE_CONNECTING;
}
