import { encodeBase64 } from '../shared/base64.ts';
import { createRandom, mixSeed } from '../shared/random.ts';

/** Bytes of a pixel and PNG's name of what it holds, by Pillow's. */
const FORMATS = {
  rgb: { channels: 3, colourType: 2 },
  rgba: { channels: 4, colourType: 6 },
  l: { channels: 1, colourType: 0 },
} as const;

export interface PictureShape {
  /** Pixels, 1 to 5,000. */
  readonly width: number;
  readonly height: number;
  readonly format: keyof typeof FORMATS;
}

/** Rows of noise whose text in base64 is known, and their share in the checksums of what they are part of. */
interface Rows {
  readonly crc: number;
  readonly sum: number;
  readonly weighted: number;
}

/** What all pictures of a shape are put together from, made once: plain data. */
export interface PictureParts extends PictureShape {
  readonly seed: number;
  /** Three rows each: base64 has no padding in between. */
  readonly groups: readonly Rows[];
  readonly groupShift: readonly number[];
  /** The rows after the last group, up to what differs between pictures, as far as that is whole base64. */
  readonly rest: Rows;
  readonly restShift: readonly number[];
  readonly restText: string;
}

/** So much noise is drawn, or as many groups as these at least. */
const NOISE_BYTES = 60_000;
const FEWEST_GROUPS = 4;
const MOST_GROUPS = 64;

/** So many bytes at the end are drawn for each picture. */
const OWN_BYTES = 48;

/** Most bytes of a stored block of deflate. */
const BLOCK_BYTES = 65_535;

/** The largest prime below 2^16. */
const ADLER_MODULUS = 65_521;

function layoutOf({ width, height, format }: PictureShape) {
  const rowBytes = 1 + FORMATS[format].channels * width;
  // At least one row is left, which ends in what differs.
  const groups = Math.floor((height - 1) / 3);
  const restBytes = (height - 3 * groups) * rowBytes;
  const known = restBytes - Math.min(OWN_BYTES, rowBytes - 1);
  return { rowBytes, groupBytes: 3 * rowBytes, groups, restBytes, knownBytes: known - (known % 3) };
}

/** Signature, header and the length of the data. */
const START_BYTES = 8 + 25 + 8;
/** The checksum of the data, and the chunk that ends a picture. */
const END_BYTES = 4 + 12;

/** How many bytes a picture's file has. */
export function countPictureBytes(shape: PictureShape): number {
  return START_BYTES + countData(shape) + END_BYTES;
}

/** The bytes of a picture's data: two of zlib, blocks with their headers, and a checksum. */
function countData(shape: PictureShape): number {
  const { groupBytes, groups, restBytes } = layoutOf(shape);
  return 2 + 5 + Math.ceil(groups / groupsInBlock(groupBytes)) * 15 + groups * groupBytes + restBytes + 4;
}

function groupsInBlock(groupBytes: number): number {
  return Math.floor(BLOCK_BYTES / groupBytes);
}

/** Draws the noise that pictures of a shape are put together from. @returns its base64 apart, a group after the other */
export function makePictureParts(shape: PictureShape, seed: number): { parts: PictureParts; text: string } {
  const { rowBytes, groupBytes, groups, knownBytes } = layoutOf(shape);
  const random = createRandom(mixSeed(seed, -3));
  // Each row begins with the name of its filter: none.
  const draw = (bytes: number): number[] =>
    Array.from({ length: bytes }, (_, at) => (at % rowBytes === 0 ? 0 : random.integer(0, 255)));
  const count = groups === 0 ? 0 : Math.min(MOST_GROUPS, Math.max(FEWEST_GROUPS, Math.floor(NOISE_BYTES / groupBytes)));
  const noise = Array.from({ length: count }, () => draw(groupBytes));
  const rest = draw(knownBytes);
  const parts = {
    ...shape,
    seed,
    groups: noise.map(summarize),
    groupShift: count === 0 ? [] : shiftsOver(groupBytes),
    rest: summarize(rest),
    restShift: shiftsOver(knownBytes),
    restText: encodeBase64(rest),
  };
  return { parts, text: noise.map(encodeBase64).join('') };
}

function summarize(bytes: readonly number[]): Rows {
  let [sum, weighted] = [0, 0];
  for (const byte of bytes) {
    sum = (sum + byte) % ADLER_MODULUS;
    weighted = (weighted + sum) % ADLER_MODULUS;
  }
  return { crc: addToCrc(0, bytes), sum, weighted };
}

/**
 * A picture of noise as the base64 of a PNG (RFC 2083). No two of a seed are the same, where a row has six bytes of pixels or more.
 *
 * The pixels are stored, not deflated, since noise does not get smaller. A loop over them takes k6 half a second where they are 512 by
 * 512, so the text is put together out of groups of rows, in an order of its own, and the checksums out of theirs.
 *
 * @param text  of the groups
 * @param key   of the request, any whole number
 * @param place which picture of the request it is, from 0
 */
export function makePicture(parts: PictureParts, text: string, key: number, place: number): string {
  const { rowBytes, groupBytes, groups, restBytes, knownBytes } = layoutOf(parts);
  const own = mixSeed(parts.seed, key);
  const random = createRandom(mixSeed(own, place));
  const start = startOf(parts);
  const texts: string[] = [];
  let crc = addToCrc(-1, start.slice(-4));
  let [sum, weighted] = [1, 0];
  const begin = (bytes: number, isLast: boolean): void => {
    // Base64 goes on in threes: 41 bytes, 2 of zlib, and a header; later two empty blocks and a header.
    const header = [...(texts.length === 0 ? ZLIB : [...EMPTY, ...EMPTY]), Number(isLast), ...lengthOf(bytes)];
    crc = addToCrc(crc, header);
    texts.push(encodeBase64(texts.length === 0 ? [...start, ...header] : header));
  };
  const add = (rows: Rows, bytes: number, shift: readonly number[]): void => {
    crc = shiftCrc(crc, shift) ^ rows.crc;
    weighted = (weighted + bytes * sum + rows.weighted) % ADLER_MODULUS;
    sum = (sum + rows.sum) % ADLER_MODULUS;
  };
  const inBlock = groupsInBlock(groupBytes);
  const letters = (groupBytes / 3) * 4;
  for (let done = 0; done < groups; done++) {
    if (done % inBlock === 0) begin(Math.min(inBlock, groups - done) * groupBytes, false);
    const chosen = random.integer(0, parts.groups.length - 1);
    texts.push(text.slice(chosen * letters, (chosen + 1) * letters));
    add(parts.groups[chosen] as Rows, groupBytes, parts.groupShift);
  }
  begin(restBytes, true);
  texts.push(parts.restText);
  add(parts.rest, knownBytes, parts.restShift);
  const name = [...bytesOf(own), place & 255, place >> 8];
  const last = Array.from({ length: restBytes - knownBytes }, (_, at) =>
    (knownBytes + at) % rowBytes === 0 ? 0 : (name[restBytes - knownBytes - 1 - at] ?? random.integer(0, 255)),
  );
  for (const byte of last) {
    sum = (sum + byte) % ADLER_MODULUS;
    weighted = (weighted + sum) % ADLER_MODULUS;
  }
  const end = [...last, ...bytesOf(weighted * 65_536 + sum)];
  crc = addToCrc(crc, end);
  texts.push(encodeBase64([...end, ...bytesOf(~crc), ...END]));
  return texts.join('');
}

/** zlib: deflate with a window of 32 kB, no dictionary. */
const ZLIB = [0x78, 0x01];
/** A stored block without a byte that is not the last one. */
const EMPTY = [0, 0, 0, 0xff, 0xff];
/** The chunk `IEND`, which is empty. */
const END = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];

/** Signature, the chunk `IHDR`, and length and name of `IDAT`. */
function startOf(shape: PictureShape): number[] {
  const { width, height, format } = shape;
  const header = [
    0x49,
    0x48,
    0x44,
    0x52,
    ...bytesOf(width),
    ...bytesOf(height),
    8,
    FORMATS[format].colourType,
    0,
    0,
    0,
  ];
  return [
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...[...bytesOf(13), ...header, ...bytesOf(~addToCrc(-1, header))],
    ...[...bytesOf(countData(shape)), 0x49, 0x44, 0x41, 0x54],
  ];
}

/** 32 bits, the highest first. */
function bytesOf(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

/** The length of a stored block and its complement, the lower byte first (RFC 1951). */
function lengthOf(bytes: number): number[] {
  const [low, high] = [bytes & 255, bytes >> 8];
  return [low, high, low ^ 255, high ^ 255];
}

/** The register of CRC-32 after more bytes; its usual start and end are -1 and a complement. */
function addToCrc(register: number, bytes: readonly number[]): number {
  let crc = register;
  for (const byte of bytes) {
    crc ^= byte;
    crc = (crc >>> 4) ^ (CRC_STEPS[crc & 15] as number);
    crc = (crc >>> 4) ^ (CRC_STEPS[crc & 15] as number);
  }
  return crc;
}

/** What four bits do to the register: the polynomial of PNG, a bit at a time. */
const CRC_STEPS = Array.from({ length: 16 }, (_, bits) => {
  let crc = bits;
  for (let bit = 0; bit < 4; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** What becomes of each bit of the register after so many zeros. */
function shiftsOver(bytes: number): number[] {
  const zeros = new Array<number>(bytes).fill(0);
  return Array.from({ length: 32 }, (_, bit) => addToCrc(1 << bit, zeros));
}

/** The register after the zeros: it is linear, so those of its bits make it up. What follows in their place is added by XOR. */
function shiftCrc(register: number, shifts: readonly number[]): number {
  let crc = 0;
  for (let bit = 0, left = register >>> 0; left !== 0; bit++, left >>>= 1) if (left & 1) crc ^= shifts[bit] as number;
  return crc;
}
