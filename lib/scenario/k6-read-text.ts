import { gunzipBounded } from '../dataset/gunzip.ts';
import { decodeText, kindOfFile, UnreadableFile } from '../shared/decode-text.ts';

/** k6's `open`. */
export type Open = (path: string, mode?: 'b') => unknown;

/** Places whose files have no end, or are none; k6 cannot ask what a path is. */
const DEVICES = /^(?:file:\/\/)?\/+(?:dev|proc|sys)\//;

/**
 * Reads texts with k6's `open`: as it reads them, and by their bytes only where those are not plain UTF-8, since each byte costs
 * a step of k6's JavaScript.
 */
export function createTextReader(open: Open): (path: string) => string {
  return (path) => {
    refuseDevices(path);
    const text = String(open(path));
    // Bytes that are not UTF-8 have become U+FFFD; binary files and UTF-16 without a mark hold zeros.
    const isPlain = !text.includes('\ufffd') && !text.includes('\0') && kindOfFile(text) === null;
    return isPlain
      ? text.replace(/^\ufeff/, '')
      : decodeText(new Uint8Array(open(path, 'b') as ArrayBuffer), gunzipBounded);
  };
}

export function refuseDevices(path: string): void {
  if (DEVICES.test(path)) throw new UnreadableFile('it is not a regular file');
}
