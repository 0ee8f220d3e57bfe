import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzipBounded } from './gunzip.ts';

const TEXT = 'what is a load test?\n'.repeat(10_000);
const packed = (text: string): Uint8Array => new Uint8Array(gzipSync(text));

function changed(at: number): Uint8Array {
  const bytes = packed(TEXT);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] as number) ^ 1;
  return bytes;
}

function withLength(length: number): Uint8Array {
  const bytes = Buffer.from(packed(TEXT));
  bytes.writeUInt32LE(length, bytes.length - 4);
  return bytes;
}

function read(bytes: Uint8Array): string {
  return Buffer.from(gunzipBounded(bytes)).toString();
}

describe('gunzipBounded', () => {
  it('unpacks one member and several, in one piece and in many', () => {
    expect(read(packed(TEXT))).toBe(TEXT);
    expect(read(Buffer.concat([packed('one'), packed(''), packed('two')]))).toBe('onetwo');
    const noise = Array.from({ length: 200_000 }, (_, index) => ((index * 7919) % 65_521).toString(36)).join('');
    expect(read(Buffer.concat([packed(noise), packed(TEXT), packed(noise)]))).toBe(`${noise}${TEXT}${noise}`);
  });

  it.each([
    ['the checksum', changed(-8)],
    ['the checksum of the first of two members', Buffer.concat([changed(-8), packed('two')])],
    ['the length, made smaller', withLength(5)],
    ['a byte within', changed(40)],
  ])('refuses a file that is damaged in %s', (_, bytes) => {
    expect(() => gunzipBounded(bytes)).toThrow('it is damaged gzip');
  });

  it('refuses what is cut short', () => {
    for (const length of [2, 10, 30, -8, -4]) {
      expect(() => gunzipBounded(packed(TEXT).subarray(0, length))).toThrow(/cut short|damaged/);
    }
  });
});
