import { constants, deflateRawSync } from 'node:zlib';

/** A gzip file written piece by piece: each piece can be read as soon as it has arrived. */
export interface GzipStream {
  encode(bytes: string | Buffer): Buffer;
  /** The last block, the checksum and the length. */
  finish(): Buffer;
}

const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** An empty block with the mark of the last one. */
const LAST_BLOCK = Buffer.from([0x03, 0x00]);

/**
 * Compresses without Node's zlib streams, which work on other threads and would make the time of a write uncertain.
 * Each piece is a deflate block of its own, flushed to a whole byte.
 */
export function createGzipStream(): GzipStream {
  let crc = 0xffffffff;
  let length = 0;
  let isStarted = false;
  return {
    encode(bytes) {
      const plain = Buffer.from(bytes as string);
      crc = updateCrc(crc, plain);
      length = (length + plain.length) >>> 0;
      const block = deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH });
      const head = isStarted ? [] : [HEADER];
      isStarted = true;
      return Buffer.concat([...head, block]);
    },
    finish() {
      const tail = Buffer.alloc(8);
      tail.writeUInt32LE((crc ^ 0xffffffff) >>> 0, 0);
      tail.writeUInt32LE(length, 4);
      return Buffer.concat([isStarted ? Buffer.alloc(0) : HEADER, LAST_BLOCK, tail]);
    },
  };
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
