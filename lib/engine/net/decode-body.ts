import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** More does not come out of a body: a few bytes can stand for gigabytes. */
export const MOST_BODY = 134_217_728;
const LIMIT = { maxOutputLength: MOST_BODY };

/**
 * Undoes the content encodings of a response, the last applied first, as k6 does.
 *
 * @throws {Error} when the bytes are not what the header says
 */
export function decodeBody(body: Buffer, contentEncoding: string | undefined): Buffer {
  const encodings = (contentEncoding ?? '')
    .split(',')
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '');
  return encodings.reduceRight((bytes, encoding) => decode(bytes, encoding), body);
}

function decode(bytes: Buffer, encoding: string): Buffer {
  if (bytes.length === 0) return bytes;
  switch (encoding) {
    case 'gzip':
      return gunzipSync(bytes, LIMIT);
    case 'br':
      return brotliDecompressSync(bytes, LIMIT);
    case 'deflate':
      // Servers send both forms under this name; a zlib header has 8 in the low half of its first byte.
      return (bytes[0]! & 0x0f) === 8 ? inflateSync(bytes, LIMIT) : inflateRawSync(bytes, LIMIT);
    default:
      return bytes;
  }
}
