/** Texts are encoded into blocks of this size. */
const BLOCK = 256 * 1024;
/** UTF-8 bytes that one UTF-16 unit takes at most. */
const MOST_BYTES_PER_UNIT = 3;

/**
 * Text that waits to be written, as bytes.
 *
 * Kept as one growing string it would be a tree of all its parts, which a garbage collector walks again and again: at
 * 100,000 samples a second that took more time than everything else.
 */
export class ByteQueue {
  #full: Buffer[] = [];
  #block = Buffer.allocUnsafe(BLOCK);
  #from = 0;
  #to = 0;
  #length = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  append(text: string): void {
    const room = text.length * MOST_BYTES_PER_UNIT;
    if (this.#block.length - this.#to < room) this.#next(Math.max(BLOCK, room));
    const written = this.#block.write(text, this.#to, 'utf8');
    this.#to += written;
    this.#length += written;
  }

  /** What waits, in order; it is the caller's from then on. */
  take(): Buffer[] {
    this.#cut();
    const taken = this.#full;
    this.#full = [];
    this.#length = 0;
    return taken;
  }

  #next(size: number): void {
    this.#cut();
    this.#block = Buffer.allocUnsafe(size);
    this.#from = 0;
    this.#to = 0;
  }

  #cut(): void {
    if (this.#to > this.#from) this.#full.push(this.#block.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}
