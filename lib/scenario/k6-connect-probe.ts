import http, { type RefinedParams } from 'k6/http';
import type { RunConfig } from '../config/parameters.ts';
import { RECORD_VERSION } from '../records/record-line.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { K6Metrics } from './k6-metrics.ts';
import { findSink, writeLine } from './k6-write-line.ts';

/** Longest wait for a probe. */
const PROBE_TIMEOUT = '3s';
/** How many before the load, and after it; none is begun after so long. */
const PROBES = 5;
const LONGEST_PROBING_MS = 5000;
/** At most one in so long while the load runs. */
const PROBE_EVERY_MS = 10_000;

/** Looks at what connecting takes, beside the requests, since a stream of xk6-sse does not say it. */
export interface ConnectProber {
  /** Several looks, ended by the first that fails. @returns false where one failed */
  readonly several: (where: 'setup' | 'teardown', now: () => Milliseconds) => Promise<boolean>;
  /** One look where it is due; none any more after one has failed. */
  readonly between: (now: Milliseconds) => Promise<void>;
}

export function createConnectProber(config: RunConfig, metrics: K6Metrics, runId: string): ConnectProber {
  const ids = { v: RECORD_VERSION, run_id: runId };
  /** @returns false where nobody answered */
  const look = async (where: string, atMs: Milliseconds): Promise<boolean> => {
    const connectMs = await probeConnecting(config.url);
    if (connectMs !== null && connectMs > 0) {
      writeLine(findSink(config), metrics, 'probe', { ...ids, at_ms: atMs, connect_ms: connectMs, where });
    }
    return connectMs !== null;
  };
  let next = PROBE_EVERY_MS;
  return {
    several: async (where, now) => {
      const end = Date.now() + LONGEST_PROBING_MS;
      for (let i = 0; i < PROBES && Date.now() < end; i++) if (!(await look(where, now()))) return false;
      return true;
    },
    between: async (now) => {
      if (now < next) return;
      next = (await look('run', now)) ? now + PROBE_EVERY_MS : Number.POSITIVE_INFINITY;
    },
  };
}

/**
 * What it takes to connect to the host of a URL, by a request of its own: `GET /` without a header of the user's, whose
 * answer does not matter. It is in k6's `http_reqs`, and not in `http_req_failed`.
 *
 * @returns DNS, TCP, a proxy's tunnel and TLS; 0 where k6 had a connection, null where nobody answered
 */
async function probeConnecting(url: string): Promise<Milliseconds | null> {
  const [, scheme = '', host = ''] = /^([a-z]+:\/\/)(?:[^/?#]*@)?([^/?#]*)/i.exec(url) ?? [];
  try {
    const { timings } = await http.asyncRequest('GET', `${scheme}${host}/`, null, {
      headers: { Connection: 'close' },
      redirects: 0,
      timeout: PROBE_TIMEOUT,
      tags: { name: 'probe' },
      responseType: 'none',
      responseCallback: null,
      throw: true,
    } as unknown as RefinedParams<'none'>);
    return timings.connecting > 0 ? timings.blocked : 0;
  } catch {
    return null;
  }
}
