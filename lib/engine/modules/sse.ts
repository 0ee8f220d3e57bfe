import type { Vu } from '../vu/vu.ts';
import { readSseRequest } from './sse-request.ts';
import type { SseResponse } from './sse-stream.ts';
import { SseStream } from './sse-stream.ts';

/** `k6/x/sse` for one VU. `open` returns a promise where k6 blocks. */
export function createSseModule(vu: Vu): { open(...args: readonly unknown[]): Promise<SseResponse> } {
  const events = vu.run.registry.create('sse_event', 'counter');
  return {
    open: (...args: readonly unknown[]): Promise<SseResponse> => {
      vu.refuseInInit('using sse in the init context is not supported');
      const request = readSseRequest(args, vu.run.settings.userAgent);
      return vu.wait((resolve, reject) => {
        const stream = new SseStream(vu, request, events, resolve, reject);
        stream.start();
        return () => stream.drop();
      });
    },
  };
}
