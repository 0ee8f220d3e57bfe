import type { ReceivedAnswer } from '../stream/received-answer.ts';

/** What the way to the service did to the times of one request, for its record; none where it did nothing. */
export function noteTransport(received: ReceivedAnswer): string[] {
  const notes: string[] = [];
  if (received.redirectedTo !== undefined)
    notes.push('a redirect, and times that hold the detour: use the URL it leads to');
  if (received.times === null || received.times.length === 0) return notes;
  const { inflated } = received;
  if (inflated) notes.push(`a compressed stream (${inflated}), whose chunks come as its compressor lets them go`);
  else if (inflated === null) {
    notes.push(
      'a stream that may be compressed (gzip was asked for): its chunks then come as the compressor lets them go',
    );
  }
  return notes;
}
