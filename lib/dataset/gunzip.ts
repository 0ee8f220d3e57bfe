import { describeTooLarge, MAX_UNPACKED_BYTES, UnreadableFile } from '../shared/decode-text.ts';
import { fail, inflate, type Unpacked } from './inflate.ts';

/** What follows the data of a member: its checksum and its length. */
const TRAILER_BYTES = 8;

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
  const unpacked: Unpacked = { bytes: new Uint8Array(65_536), length: 0 };
  try {
    for (let at = 0; at < bytes.length; ) at = readMember(bytes, at, unpacked);
  } catch (error) {
    if (error instanceof RangeError) throw new UnreadableFile('it is damaged gzip, or cut short');
    throw error;
  }
  return unpacked.bytes.slice(0, unpacked.length);
}

/** @returns where the next one begins */
function readMember(bytes: Uint8Array, from: number, to: Unpacked): number {
  const before = to.length;
  const end = inflate(bytes, skipHeader(bytes, from), to, reserve);
  const checksum = computeChecksum(to.bytes.subarray(before, to.length));
  const isWhole = numberAt(bytes, end) === checksum && numberAt(bytes, end + 4) === to.length - before;
  if (!isWhole || end + TRAILER_BYTES > bytes.length) fail('another checksum or length');
  return end + TRAILER_BYTES;
}

/** RFC 1952, 2.3: ten bytes, an extra field, name and comment up to a 0, a checksum of two bytes. */
function skipHeader(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== 31 || bytes[from + 1] !== 139 || bytes[from + 2] !== 8) fail('no gzip');
  const flags = bytes[from + 3] as number;
  let at = from + 10;
  if (flags & 4) at += 2 + ((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
  for (const flag of [8, 16]) if (flags & flag) at = bytes.indexOf(0, at) + 1 || bytes.length;
  return flags & 2 ? at + 2 : at;
}

function reserve(to: Unpacked, more: number): void {
  const length = to.length + more;
  if (length <= to.bytes.length) return;
  if (to.length > MAX_UNPACKED_BYTES) throw describeTooLarge();
  const larger = new Uint8Array(length * 2);
  larger.set(to.bytes);
  to.bytes = larger;
}

function numberAt(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(Math.max(0, at), Math.max(0, at) + 4);
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

/** CRC-32 of RFC 1952: a bit that flipped would be sent as part of a prompt. */
function computeChecksum(part: Uint8Array): number {
  let sum = -1;
  for (let at = 0; at < part.length; at += 1) sum = (TABLE[(sum ^ (part[at] as number)) & 255] as number) ^ (sum >>> 8);
  return ~sum >>> 0;
}

const TABLE = new Int32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
