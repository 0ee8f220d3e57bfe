import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

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
      return gunzipSync(bytes);
    case 'br':
      return brotliDecompressSync(bytes);
    case 'deflate':
      // Servers send both forms under this name; a zlib header has 8 in the low half of its first byte.
      return (bytes[0]! & 0x0f) === 8 ? inflateSync(bytes) : inflateRawSync(bytes);
    default:
      return bytes;
  }
}
