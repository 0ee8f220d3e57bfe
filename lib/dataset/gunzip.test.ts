import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
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

  it('unpacks what zlib packs, whatever the blocks are: stored, with the fixed code, with codes of their own', () => {
    const texts = fc.oneof(
      fc.uint8Array({ maxLength: 70_000 }),
      fc.array(fc.constantFrom(...'abcd  \n'), { maxLength: 9000 }),
    );
    const options = fc.record({
      level: fc.integer({ min: 0, max: 9 }),
      strategy: fc.constantFrom(
        constants.Z_DEFAULT_STRATEGY,
        constants.Z_FIXED,
        constants.Z_HUFFMAN_ONLY,
        constants.Z_RLE,
      ),
    });
    fc.assert(
      fc.property(texts, options, (text, how) => {
        const whole = Buffer.from(text instanceof Uint8Array ? text : text.join(''));
        expect(Buffer.from(gunzipBounded(new Uint8Array(gzipSync(whole, how)))).equals(whole)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('skips an extra field, a name and a comment', () => {
    // FLG: FHCRC, FEXTRA, FNAME and FCOMMENT (RFC 1952, 2.3.1).
    const header = [31, 139, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7, ...Buffer.from('a.txt\0why\0'), 1, 2];
    const trailer = packed('some text').subarray(-8);
    const data = deflateRawSync('some text');
    expect(read(Buffer.concat([Uint8Array.from(header), data, trailer]))).toBe('some text');
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
