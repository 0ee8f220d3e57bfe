import type { Exchange } from '../stream/exchange.ts';
import { headerOf } from './classify-failure.ts';

/** What the way to the service did to the times of one request, for its record; none where it did nothing. */
export function noteTransport(exchange: Exchange): string[] {
  const notes: string[] = [];
  if (exchange.redirectedTo !== undefined)
    notes.push('a redirect, and times that hold the detour: use the URL it leads to');
  if (exchange.times === null || exchange.times.length === 0) return notes;
  const encoding = headerOf(exchange, 'content-encoding');
  const isPlain = encoding === null || encoding === 'identity';
  if (!isPlain) notes.push(`a compressed stream (${encoding}), whose chunks come as its compressor lets them go`);
  else if (exchange.mayBeInflated) {
    notes.push(
      'a stream that may be compressed (gzip was asked for): its chunks then come as the compressor lets them go',
    );
  }
  return notes;
}
