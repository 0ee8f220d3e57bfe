import type { Transform } from 'node:stream';
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  constants as zlib,
} from 'node:zlib';

/** The most that a body may inflate to, bytes: a few compressed ones can become gigabytes. */
export const MOST_BODY = 134_217_728;
const LIMIT = { maxOutputLength: MOST_BODY };
const FLUSH = { flush: zlib.Z_SYNC_FLUSH };

/** Servers send both forms as `deflate`; a zlib header has 8 in the low half of its first byte. */
function hasZlibHeader(bytes: Uint8Array): boolean {
  return ((bytes[0] as number) & 0x0f) === 8;
}

/**
 * Undoes the content encodings of a response, the last applied first, as k6 does.
 *
 * @throws {Error} when the bytes are not what the header says
 */
export function decodeBody(body: Buffer, contentEncoding: string | undefined): Buffer {
  const encodings = (contentEncoding ?? '').split(',').map((encoding) => encoding.trim().toLowerCase());
  return encodings.reduceRight((bytes, encoding) => {
    if (bytes.length === 0) return bytes;
    if (encoding === 'gzip') return gunzipSync(bytes, LIMIT);
    if (encoding === 'br') return brotliDecompressSync(bytes, LIMIT);
    if (encoding !== 'deflate') return bytes;
    return hasZlibHeader(bytes) ? inflateSync(bytes, LIMIT) : inflateRawSync(bytes, LIMIT);
  }, body);
}

/**
 * Undoes the content encoding of a response while it comes: what a piece holds is handed on with it. A body that ends
 * too early is an error (`Z_BUF_ERROR`).
 *
 * @param first the beginning of the body: a server that says gzip may send none
 * @returns null where there is none, or one that the engine does not know
 */
export function createDecoder(contentEncoding: string, first: Uint8Array): Transform | null {
  switch (contentEncoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return first[0] === 0x1f ? createGunzip(FLUSH) : null;
    case 'deflate':
      return hasZlibHeader(first) ? createInflate(FLUSH) : createInflateRaw(FLUSH);
    case 'br':
      return createBrotliDecompress({ flush: zlib.BROTLI_OPERATION_FLUSH });
    default:
      return null;
  }
}

/** Go's words for what a decoder says. */
export function describeDecodeError(encoding: string, { message, code }: Error & { readonly code?: string }): string {
  return code === 'Z_BUF_ERROR' ? 'unexpected EOF' : `${encoding}: ${message}`;
}
