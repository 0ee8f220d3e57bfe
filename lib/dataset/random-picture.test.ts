import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { countPictureBytes, makePicture, makePictureParts, type PictureShape } from './random-picture.ts';

/** CRC-32 bit by bit, as PNG's specification has it. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** The chunks of a PNG by its specification. */
function readChunks(file: Buffer): { name: string; data: Buffer }[] {
  expect(file.subarray(0, 8)).toEqual(Buffer.from('89504e470d0a1a0a', 'hex'));
  const chunks: { name: string; data: Buffer }[] = [];
  let at = 8;
  while (at < file.length) {
    const length = file.readUInt32BE(at);
    const [name, data] = [file.toString('latin1', at + 4, at + 8), file.subarray(at + 8, at + 8 + length)];
    expect(file.readUInt32BE(at + 8 + length), name).toBe(crc32(file.subarray(at + 4, at + 8 + length)));
    chunks.push({ name, data });
    at += 12 + length;
  }
  return chunks;
}

/** The rows of pixels, which zlib takes out of their blocks and holds against their checksum. */
function decode(base64: string, { width, height, format }: PictureShape): Buffer[] {
  const file = Buffer.from(base64, 'base64');
  expect(file.toString('base64')).toBe(base64);
  const [header, data, end, ...more] = readChunks(file);
  expect([header?.name, data?.name, end?.name, more.length]).toEqual(['IHDR', 'IDAT', 'IEND', 0]);
  const [channels, colour] = { rgb: [3, 2], rgba: [4, 6], l: [1, 0] }[format] as [number, number];
  expect([header!.data.readUInt32BE(0), header!.data.readUInt32BE(4)]).toEqual([width, height]);
  expect([...header!.data.subarray(8)]).toEqual([8, colour, 0, 0, 0]);
  const pixels = inflateSync(data!.data);
  const rowBytes = 1 + channels * width;
  expect(pixels.length).toBe(height * rowBytes);
  return Array.from({ length: height }, (_, row) => pixels.subarray(row * rowBytes, (row + 1) * rowBytes));
}

const SHAPES: readonly PictureShape[] = [
  { width: 224, height: 224, format: 'rgb' },
  { width: 512, height: 512, format: 'rgb' },
  ...[1, 2, 3, 4, 5, 7].map((height) => ({ width: 3, height, format: 'rgb' as const })),
  ...[1, 2, 16, 17, 18].map((width) => ({ width, height: 5, format: 'l' as const })),
  { width: 1, height: 1, format: 'rgba' },
  { width: 5000, height: 8, format: 'rgba' },
  { width: 640, height: 481, format: 'l' },
];

describe('a made picture', () => {
  it.each(SHAPES)('is a right PNG of $width by $height pixels, $format', (shape) => {
    const { parts, text } = makePictureParts(shape, 42);
    for (const [key, place] of [
      [0, 0],
      [7, 1],
      [-1, 0],
    ] as const) {
      const picture = makePicture(JSON.parse(JSON.stringify(parts)), text, key, place);
      // Every row says that it has no filter.
      for (const row of decode(picture, shape)) expect(row[0]).toBe(0);
      expect(Buffer.from(picture, 'base64').length).toBe(countPictureBytes(shape));
    }
  });

  it('is another one for each request and place, and the same for the same seed', () => {
    const shape = { width: 2, height: 1, format: 'rgb' } as const;
    const { parts, text } = makePictureParts(shape, 42);
    const pixelsOf = (key: number, place: number) =>
      decode(makePicture(parts, text, key, place), shape)[0]!.toString('hex');
    const all = Array.from({ length: 500 }, (_, index) => pixelsOf(index, 0));
    const places = Array.from({ length: 100 }, (_, place) => pixelsOf(5, place + 1));
    expect(new Set([...all, ...places]).size).toBe(600);
    expect(makePicture(parts, text, 5, 0)).toBe(makePicture(parts, text, 5, 0));
    expect(makePictureParts(shape, 43).parts).not.toEqual(parts);
  });

  it('is noise: its bytes are spread evenly, and the rows of two are in another order', () => {
    const shape = { width: 256, height: 256, format: 'rgb' } as const;
    const { parts, text } = makePictureParts(shape, 1);
    const rows = [0, 1].map((key) => decode(makePicture(parts, text, key, 0), shape));
    const bytes = Buffer.concat(rows[0]!.map((row) => row.subarray(1)));
    const counts = new Array(256).fill(0);
    for (const byte of bytes) counts[byte]++;
    // 196,608 bytes: 768 of each on average, with a standard deviation of 28.
    expect(Math.min(...counts)).toBeGreaterThan(768 - 6 * 28 * 2);
    expect(Math.max(...counts)).toBeLessThan(768 + 6 * 28 * 2);
    const same = rows[0]!.filter((row, at) => row.equals(rows[1]![at]!)).length;
    expect(same).toBeLessThan(30);
  });
});
