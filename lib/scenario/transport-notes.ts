import { headerOf } from '../measure/classify-failure.ts';
import type { Exchange } from '../stream/exchange.ts';

/**
 * What the way to the service does to the times of every request, as lines for a person; none where it does nothing.
 *
 * @param isFirst whether nobody asked the service before: the connection test tells of redirects itself
 */
export function describeTransport(exchange: Exchange, isFirst: boolean): string[] {
  const notes: string[] = [];
  if (isFirst && exchange.redirectedTo !== undefined) {
    notes.push(`the service redirects to ${exchange.redirectedTo}: use that URL, or every request takes the detour`);
  }
  const encoding = headerOf(exchange, 'content-encoding');
  if (exchange.times !== null && exchange.times.length > 0 && encoding !== null && encoding !== 'identity') {
    notes.push(`the service compresses its stream (${encoding}): chunks come as its compressor lets them go`);
  }
  return notes;
}
