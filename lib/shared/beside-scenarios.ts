/** k6's name for the light user beside the load, in records and gates too: `p99(ttft){scenario:probe}`. */
export const PROBE_SCENARIO = 'probe';
/** k6's name for the VU that reads the servers' metrics where no command line does. */
export const SERVER_SCENARIO = 'server_metrics';

/** Whether a scenario runs beside the load, with one VU, and is not part of it. */
export function isBeside(scenario: string): boolean {
  return scenario === PROBE_SCENARIO || scenario === SERVER_SCENARIO;
}
