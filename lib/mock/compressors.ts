import { constants, deflateRawSync } from 'node:zlib';

/** A compressed file written piece by piece: each piece can be read as soon as it has arrived. */
export interface Compressor {
  /** As `content-encoding` names it. */
  readonly name: 'gzip' | 'deflate' | 'br';
  encode(bytes: string | Buffer): Buffer;
  /** The last block, and the checksum where there is one. */
  finish(): Buffer;
}

/** Creates the compressor of an encoding. */
export function createCompressor(name: Compressor['name']): Compressor {
  if (name === 'br') return createBrotli();
  return name === 'gzip' ? createGzip() : createDeflate();
}

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** 32 KB of window, no dictionary (RFC 1950, section 2.2). */
const ZLIB_HEADER = Buffer.from([0x78, 0x9c]);

/** An empty block with the mark of the last one. */
const LAST_BLOCK = Buffer.from([0x03, 0x00]);

/**
 * Compresses without Node's zlib streams, which work on other threads and would make the time of a write uncertain.
 * Each piece is a deflate block of its own, flushed to a whole byte.
 */
function createGzip(): Compressor {
  let crc = 0xffffffff;
  let length = 0;
  let isStarted = false;
  return {
    name: 'gzip',
    encode(bytes) {
      const plain = Buffer.from(bytes as string);
      crc = updateCrc(crc, plain);
      length = (length + plain.length) >>> 0;
      const head = isStarted ? [] : [GZIP_HEADER];
      isStarted = true;
      return Buffer.concat([...head, deflateBlock(plain)]);
    },
    finish() {
      const tail = Buffer.alloc(8);
      tail.writeUInt32LE((crc ^ 0xffffffff) >>> 0, 0);
      tail.writeUInt32LE(length, 4);
      return Buffer.concat([isStarted ? Buffer.alloc(0) : GZIP_HEADER, LAST_BLOCK, tail]);
    },
  };
}

/** What HTTP calls deflate is zlib's format (RFC 9110, section 8.4.1.2). */
function createDeflate(): Compressor {
  let low = 1;
  let high = 0;
  let isStarted = false;
  return {
    name: 'deflate',
    encode(bytes) {
      const plain = Buffer.from(bytes as string);
      // Adler-32 (RFC 1950, section 9).
      for (const byte of plain) {
        low = (low + byte) % 65521;
        high = (high + low) % 65521;
      }
      const head = isStarted ? [] : [ZLIB_HEADER];
      isStarted = true;
      return Buffer.concat([...head, deflateBlock(plain)]);
    },
    finish() {
      const tail = Buffer.from([high >> 8, high & 255, low >> 8, low & 255]);
      return Buffer.concat([isStarted ? Buffer.alloc(0) : ZLIB_HEADER, LAST_BLOCK, tail]);
    },
  };
}

/** As much as one of brotli's blocks with four nibbles of length holds. */
const BROTLI_BLOCK = 65_536;

/** Brotli's blocks without compression (RFC 7932, section 9.2): what counts is that a reader has to know the format. */
function createBrotli(): Compressor {
  let isStarted = false;
  return {
    name: 'br',
    encode(bytes) {
      const plain = Buffer.from(bytes as string);
      const parts: Buffer[] = [];
      for (let at = 0; at < plain.length; at += BROTLI_BLOCK) {
        const block = plain.subarray(at, at + BROTLI_BLOCK);
        parts.push(brotliHeader(block.length, isStarted), block);
        isStarted = true;
      }
      return Buffer.concat(parts);
    },
    // The last block, empty; before it, the size of the window, where nothing was written.
    finish: () => Buffer.from([isStarted ? 0x03 : 0x06]),
  };
}

/**
 * From the lowest bit: the window of 16 bits (one bit, 0, once); not the last block (0); four nibbles of length (00); the
 * length less one; no compression (1); and up to a whole byte.
 */
function brotliHeader(length: number, isStarted: boolean): Buffer {
  const shift = isStarted ? 0 : 1;
  const bits = ((length - 1) << (3 + shift)) | (1 << (19 + shift));
  return Buffer.from([bits & 255, (bits >> 8) & 255, (bits >> 16) & 255]);
}

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
