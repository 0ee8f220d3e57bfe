import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, constants as zlib } from 'node:zlib';

/**
 * Undoes the content encoding of a response while it comes: what a piece holds is handed on with it. A body that ends
 * too early is an error (`Z_BUF_ERROR`).
 *
 * @param first the beginning of the body: a server that says gzip may send none
 * @returns null where there is none, or one that the engine does not know
 */
export function createDecoder(contentEncoding: string | undefined, first: Uint8Array): Transform | null {
  const flush = { flush: zlib.Z_SYNC_FLUSH };
  switch (contentEncoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return first[0] === 0x1f ? createGunzip(flush) : null;
    case 'deflate':
      // Servers send both forms under this name; a zlib header has 8 in the low half of its first byte.
      return ((first[0] as number) & 0x0f) === 8 ? createInflate(flush) : createInflateRaw(flush);
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
