/** Where bytes are unpacked to; made larger as they come. */
export interface Unpacked {
  bytes: Uint8Array;
  length: number;
}

/** A code's symbols by the bits that come next, least significant first: `symbol << 4 | length`; 0 where no code begins so. */
interface Code {
  readonly entries: Uint16Array;
  readonly bits: number;
}

/** The order in which the lengths of the code of lengths come. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** Extra bits of the lengths from symbol 257 on, and of the distances. */
const LENGTH_BITS = Array.from({ length: 28 }, (_, index) => (index < 8 ? 0 : (index >> 2) - 1));
const DISTANCE_BITS = Array.from({ length: 30 }, (_, index) => (index < 4 ? 0 : (index >> 1) - 1));
const LENGTHS = [...listBases(3, LENGTH_BITS).slice(0, 28), 258];
const DISTANCES = listBases(1, DISTANCE_BITS);

/** @throws {RangeError} always: the bytes are damaged */
export function fail(why: string): never {
  throw new RangeError(why);
}

/**
 * Unpacks DEFLATE (RFC 1951) from a byte on, after what `to` has already.
 *
 * @param reserve makes room for so many bytes more, or throws
 * @returns the byte after the last one that was read
 * @throws {RangeError} for bytes that are not DEFLATE, or end too early
 */
export function inflate(
  bytes: Uint8Array,
  from: number,
  to: Unpacked,
  reserve: (to: Unpacked, more: number) => void,
): number {
  // In bits, which are more than 32 bits can count.
  let at = from * 8;

  function take(count: number): number {
    const value = peek(count);
    at += count;
    return value;
  }

  function peek(count: number): number {
    const byte = Math.floor(at / 8);
    if (byte >= bytes.length + 3) fail('it ends too early');
    const three = (bytes[byte] as number) | ((bytes[byte + 1] as number) << 8) | ((bytes[byte + 2] as number) << 16);
    return (three >> (at & 7)) & ((1 << count) - 1);
  }

  function takeSymbol({ entries, bits }: Code): number {
    const entry = entries[peek(bits)] as number;
    if (entry === 0) fail('a code that is none');
    at += entry & 15;
    return entry >> 4;
  }

  function takeStored(): void {
    const begin = Math.ceil(at / 8) + 4;
    const length = (bytes[begin - 4] as number) | ((bytes[begin - 3] as number) << 8);
    if (begin + length > bytes.length) fail('it ends too early');
    reserve(to, length);
    to.bytes.set(bytes.subarray(begin, begin + length), to.length);
    to.length += length;
    at = (begin + length) * 8;
  }

  function takeCodes(): [Code, Code] {
    const [literals, distances, ofLengths] = [take(5) + 257, take(5) + 1, take(4) + 4];
    const order = new Uint8Array(19);
    for (let i = 0; i < ofLengths; i++) order[ORDER[i] as number] = take(3);
    const code = makeCode(order);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = takeSymbol(code);
      if (symbol < 16) lengths.push(symbol);
      else {
        const repeated = symbol === 16 ? (lengths.at(-1) ?? 0) : 0;
        const times = symbol === 16 ? 3 + take(2) : symbol === 17 ? 3 + take(3) : 11 + take(7);
        for (let i = 0; i < times; i++) lengths.push(repeated);
      }
    }
    return [makeCode(lengths.slice(0, literals)), makeCode(lengths.slice(literals))];
  }

  function takeCoded([literals, distances]: readonly [Code, Code]): void {
    for (;;) {
      reserve(to, 258);
      const symbol = takeSymbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) to.bytes[to.length++] = symbol;
      else {
        const length = (LENGTHS[symbol - 257] as number) + take(LENGTH_BITS[symbol - 257] ?? 0);
        const which = takeSymbol(distances);
        const distance = (DISTANCES[which] as number) + take(DISTANCE_BITS[which] as number);
        // NaN for symbols that no encoder writes.
        if (!(length > 0 && distance <= to.length)) fail('a length or distance that is none');
        for (let i = 0; i < length; i++, to.length++) to.bytes[to.length] = to.bytes[to.length - distance] as number;
      }
    }
  }

  for (let isLast = 0; isLast === 0; ) {
    isLast = take(1);
    const type = take(2);
    if (type === 3) fail('a block of no type');
    if (type === 0) takeStored();
    else takeCoded(type === 2 ? takeCodes() : fixedCodes());
  }
  if (at > bytes.length * 8) fail('it ends too early');
  return Math.ceil(at / 8);
}

function fixedCodes(): [Code, Code] {
  const length = (symbol: number): number => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8);
  return [makeCode(Array.from({ length: 288 }, (_, symbol) => length(symbol))), makeCode(new Array(30).fill(5))];
}

/** The canonical code of these lengths, by symbol; 0: the symbol is not in it. */
function makeCode(lengths: ArrayLike<number>): Code {
  const bits = Math.max.apply(null, lengths as number[]) || 1;
  const entries = new Uint16Array(1 << bits);
  let code = 0;
  for (let length = 1; length <= bits; length++, code <<= 1) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
      for (let at = reversed; at < entries.length; at += 1 << length) entries[at] = (symbol << 4) | length;
      code += 1;
    }
    if (code > 1 << length) fail('more codes than there can be');
  }
  return { entries, bits };
}

function listBases(first: number, bits: readonly number[]): number[] {
  let base = first;
  return bits.map((count) => {
    base += 1 << count;
    return base - (1 << count);
  });
}
