import { streams } from '../api/build-request.ts';
import type { PasteStyle } from '../config/describe-problem.ts';
import type { RunConfig } from '../config/parameters.ts';
import type { Problem } from '../shared/errors.ts';

/**
 * Why a run cannot keep its connections: xk6-sse opens one for each stream. Without streaming `k6/http` keeps them.
 *
 * @param ownsConnections whether streams can, by their transport
 */
export function findUnkeepable(config: RunConfig, ownsConnections: boolean, style: PasteStyle): Problem[] {
  if (config.connections !== 'kept' || ownsConnections || !streams(config)) return [];
  return [
    {
      key: 'CONNECTIONS (--connections)',
      got: '"kept": k6/x/sse opens a connection for each stream',
      allowed: 'kept with the Node engine, or without streaming; new',
      paste: style === 'flag' ? '--connections kept --engine node' : '-e CONNECTIONS=new',
    },
  ];
}
