import type { RunConfig } from '../config/run-config.ts';

/** The headers of every request of a run. `identity`, since gzip makes a server or proxy hold chunks back. */
export function buildHeaders(config: RunConfig): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'Accept-Encoding': 'identity',
    ...(config.apiKey === null ? {} : { Authorization: `Bearer ${config.apiKey}` }),
    ...config.headers,
  };
}
