/** What a table knows of an index when it comes again. */
interface Seen {
  /** Whether it came with the same fingerprint. */
  readonly same: boolean;
  /** What came first, by the number that it was added with. */
  readonly file: number;
}

/** Remembers indices, each with a fingerprint and where it came from. */
export interface IndexTable {
  /** @returns null for an index that is new */
  add(index: number, fingerprint: number, file: number): Seen | null;
}

const FIRST_CAPACITY = 256;
const EMPTY = -1;

/** Open addressing in typed arrays: 14 bytes a place, and at least a third of the places are taken once it has grown. */
export function createIndexTable(): IndexTable {
  let capacity = FIRST_CAPACITY;
  let indices = new Float64Array(capacity).fill(EMPTY);
  let fingerprints = new Uint32Array(capacity);
  let files = new Uint16Array(capacity);
  let count = 0;

  /** Where an index is, or would be. */
  function find(index: number): number {
    const mask = capacity - 1;
    // Indices of an instance have equal distances, so their low bits alone would meet again and again.
    let place = (Math.imul(index | 0, 0x9e3779b1) >>> 7) & mask;
    while (indices[place] !== EMPTY && indices[place] !== index) place = (place + 1) & mask;
    return place;
  }

  function put(place: number, index: number, fingerprint: number, file: number): void {
    indices[place] = index;
    fingerprints[place] = fingerprint;
    files[place] = file;
  }

  function grow(): void {
    const old = { indices, fingerprints, files };
    capacity *= 2;
    indices = new Float64Array(capacity).fill(EMPTY);
    fingerprints = new Uint32Array(capacity);
    files = new Uint16Array(capacity);
    for (let i = 0; i < old.indices.length; i++) {
      const index = old.indices[i] as number;
      if (index !== EMPTY) put(find(index), index, old.fingerprints[i] as number, old.files[i] as number);
    }
  }

  return {
    add(index, fingerprint, file) {
      const place = find(index);
      if (indices[place] === index) return { same: fingerprints[place] === fingerprint, file: files[place] as number };
      put(place, index, fingerprint, file);
      count += 1;
      if (count > capacity * 0.66) grow();
      return null;
    },
  };
}
