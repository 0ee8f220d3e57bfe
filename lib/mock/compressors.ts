import { constants, deflateRawSync } from 'node:zlib';

/** A compressed file written piece by piece: each piece can be read as soon as it has arrived. */
export interface Compressor {
  encode(bytes: string | Buffer): Buffer;
  /** The last block, and the checksum where there is one. */
  finish(): Buffer;
}

/** As `content-encoding` names it. */
export type Encoding = 'gzip' | 'deflate' | 'br';

/** A format: what a file begins with, what a piece becomes, what it ends with. */
interface Format {
  readonly head: readonly number[];
  encode(plain: Buffer): Buffer;
  tail(): Buffer;
}

/** Creates the compressor of an encoding. */
export function createCompressor(name: Encoding): Compressor {
  const { head, encode, tail } = { gzip: createGzip, deflate: createDeflate, br: createBrotli }[name]();
  let isStarted = false;
  function withHead(bytes: Buffer): Buffer {
    const start = isStarted ? [] : head;
    isStarted = true;
    return Buffer.concat([Buffer.from(start), bytes]);
  }
  return {
    encode: (bytes) => withHead(encode(Buffer.from(bytes as string))),
    finish: () => withHead(tail()),
  };
}

/** An empty block of deflate with the mark of the last one. */
const LAST_BLOCK = [0x03, 0x00];

/** Works without Node's zlib streams, which are on other threads and would make the time of a write uncertain. */
function createGzip(): Format {
  let crc = 0xffffffff;
  let length = 0;
  return {
    head: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255],
    encode(plain) {
      crc = updateCrc(crc, plain);
      length = (length + plain.length) >>> 0;
      return deflateBlock(plain);
    },
    tail() {
      const sums = Buffer.alloc(8);
      sums.writeUInt32LE((crc ^ 0xffffffff) >>> 0, 0);
      sums.writeUInt32LE(length, 4);
      return Buffer.from([...LAST_BLOCK, ...sums]);
    },
  };
}

/** What HTTP calls deflate is zlib's format (RFC 9110, section 8.4.1.2): 32 KB of window, no dictionary (RFC 1950). */
function createDeflate(): Format {
  let low = 1;
  let high = 0;
  return {
    head: [0x78, 0x9c],
    encode(plain) {
      // Adler-32 (RFC 1950, section 9).
      for (const byte of plain) {
        low = (low + byte) % 65521;
        high = (high + low) % 65521;
      }
      return deflateBlock(plain);
    },
    tail: () => Buffer.from([...LAST_BLOCK, high >> 8, high & 255, low >> 8, low & 255]),
  };
}

/** As much as one of brotli's blocks with four nibbles of length holds. */
const BROTLI_BLOCK = 65_536;

/**
 * Brotli's blocks without compression (RFC 7932, section 9.2): what counts is that a reader has to know the format.
 * The head is the window of 16 bits and an empty block of metadata, so that what follows begins with a whole byte.
 */
function createBrotli(): Format {
  return {
    head: [0x0c],
    encode(plain) {
      const parts: Buffer[] = [];
      for (let at = 0; at < plain.length; at += BROTLI_BLOCK) {
        const block = plain.subarray(at, at + BROTLI_BLOCK);
        // From the lowest bit: not the last block (0); four nibbles of length (00); the length less one; no compression (1).
        const bits = ((block.length - 1) << 3) | (1 << 19);
        parts.push(Buffer.from([bits & 255, (bits >> 8) & 255, (bits >> 16) & 255]), block);
      }
      return Buffer.concat(parts);
    },
    tail: () => Buffer.from([0x03]),
  };
}

/** A block of its own for each piece, flushed to a whole byte. */
function deflateBlock(plain: Buffer): Buffer {
  return deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH });
}

/** CRC-32 as gzip uses it (RFC 1952, section 8). */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function updateCrc(crc: number, bytes: Buffer): number {
  let value = crc;
  for (const byte of bytes) value = (CRC_TABLE[(value ^ byte) & 0xff] as number) ^ (value >>> 8);
  return value;
}
