import type { Milliseconds } from '../../shared/units.ts';
import { type Connections, createConnections } from '../net/connections.ts';
import type { Vu } from '../vu/vu.ts';
import { readSseRequest, type SseRequest } from './sse-request.ts';
import type { SseResponse } from './sse-stream.ts';
import { SseStream } from './sse-stream.ts';

/**
 * `k6/x/sse` for one VU. `open` returns a promise where k6 blocks. `ownsConnections`, which xk6-sse lacks: a stream can keep its
 * connection, and says what connecting took.
 */
export function createSseModule(vu: Vu): {
  open(...args: readonly unknown[]): Promise<SseResponse>;
  readonly ownsConnections: true;
} {
  const events = vu.run.registry.create('sse_event', 'counter');
  let kept: Connections | null = null;
  /** Made with the first request that keeps its connection. */
  const keptFor = ({ keepConnection, connectTimeout }: SseRequest): Connections | null => {
    if (keepConnection) kept ??= createKeptConnections(vu, connectTimeout);
    return keepConnection ? kept : null;
  };
  return {
    ownsConnections: true,
    open: (...args: readonly unknown[]): Promise<SseResponse> => {
      vu.refuseInInit('using sse in the init context is not supported');
      const request = readSseRequest(args, vu.run.settings.userAgent);
      return vu.wait((resolve, reject) => {
        const stream = new SseStream(vu, { ...request, kept: keptFor(request) }, events, resolve, reject);
        stream.start();
        return () => stream.drop();
      });
    },
  };
}

function createKeptConnections(vu: Vu, dialTimeout: Milliseconds | undefined): Connections {
  const connections = createConnections({
    insecureSkipTLSVerify: vu.run.settings.insecureSkipTLSVerify,
    noReuse: false,
    proxyFor: vu.run.proxyFor,
    dialTimeout,
    onSocket: vu.meter.watch,
  });
  vu.cleanups.push(() => connections.close());
  return connections;
}
