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
  const last = numberAt(bytes, bytes.length - 4);
  // Nothing unpacks to more than a thousand times its length; where they say so, the end is missing.
  if (last > MAX_UNPACKED_BYTES && last < bytes.length * 1100) throw describeTooLarge();
  const parts: Uint8Array[] = [];
  let total = 0;
  let checksum = -1;
  let before = 0;
  let isDamaged = false;
  const endMember = (end: number): void => {
    isDamaged ||= numberAt(bytes, end - 8) !== ~checksum >>> 0 || numberAt(bytes, end - 4) !== total - before;
    checksum = -1;
    before = total;
  };
  const stream = new Gunzip((part) => {
    total += part.length;
    if (total > MAX_UNPACKED_BYTES) throw describeTooLarge();
    parts.push(part);
    checksum = addToChecksum(checksum, part);
  });
  stream.onmember = endMember;
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
  endMember(bytes.length);
  if (isDamaged) throw new UnreadableFile('it is damaged gzip');
  return whole;
}

function numberAt(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(Math.max(0, at), Math.max(0, at) + 4);
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

/** CRC-32 of RFC 1952, which fflate leaves unchecked: a bit that flipped would be sent as part of a prompt. */
function addToChecksum(checksum: number, part: Uint8Array): number {
  let sum = checksum;
  for (let at = 0; at < part.length; at += 1) sum = (TABLE[(sum ^ (part[at] as number)) & 255] as number) ^ (sum >>> 8);
  return sum;
}

const TABLE = new Int32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
