import { Gunzip } from 'fflate';
import { describeTooLarge, MAX_UNPACKED_BYTES, UnreadableFile } from '../shared/decode-text.ts';

/** What is unpacked at a time: a piece cannot become more than a thousand times as long. */
const PIECE = 65_536;

/**
 * Unpacks gzip without Node, as k6 has to; a file of its own, so that its tables are made only when the bytes ask for it.
 *
 * @throws {UnreadableFile} for more than `MAX_UNPACKED_BYTES`, and for what is cut short or damaged
 */
export function gunzipBounded(bytes: Uint8Array): Uint8Array {
  // The last four bytes tell the length of the last member, and most files have one.
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(-4);
  const last = (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  // Nothing unpacks to more than a thousand times its length; where they say so, the end is missing.
  if (last > MAX_UNPACKED_BYTES && last < bytes.length * 1100) throw describeTooLarge();
  const parts: Uint8Array[] = [];
  let total = 0;
  const stream = new Gunzip((part) => {
    total += part.length;
    if (total > MAX_UNPACKED_BYTES) throw describeTooLarge();
    parts.push(part);
  });
  try {
    for (let at = 0; at < bytes.length; at += PIECE) {
      stream.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
    }
  } catch (error) {
    if (total > MAX_UNPACKED_BYTES) throw error;
    throw new UnreadableFile('it is damaged gzip');
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  if (last > total) throw new UnreadableFile('it is gzip that is cut short');
  return whole;
}
