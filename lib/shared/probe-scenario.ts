/** k6's name for the light user beside the load, in records and gates too: `p99(ttft){scenario:probe}`. */
export const PROBE_SCENARIO = 'probe';
