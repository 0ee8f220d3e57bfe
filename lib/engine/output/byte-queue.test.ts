import { describe, expect, it } from 'vitest';
import { ByteQueue } from './byte-queue.ts';

const textOf = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString('utf8');

describe('ByteQueue', () => {
  it('gives what was appended, in order, once', () => {
    const queue = new ByteQueue();
    queue.append('one ');
    queue.append('zwölf 🌍');
    expect(queue.length).toBe(Buffer.byteLength('one zwölf 🌍'));
    expect(textOf(queue.take())).toBe('one zwölf 🌍');
    expect(queue.length).toBe(0);
    expect(queue.take()).toEqual([]);
  });

  it('leaves what was taken as it was when more is appended', () => {
    const queue = new ByteQueue();
    queue.append('first');
    const first = queue.take();
    queue.append('second');
    expect([textOf(first), textOf(queue.take())]).toEqual(['first', 'second']);
  });

  it('holds texts that fill many blocks, and one that is larger than a block', () => {
    const queue = new ByteQueue();
    const texts = [...Array.from({ length: 200 }, (_, i) => `${i}é`.repeat(1000)), '你'.repeat(300_000), 'end'];
    for (const text of texts) queue.append(text);
    const parts = queue.take();
    expect(parts.length).toBeGreaterThan(3);
    expect(textOf(parts)).toBe(texts.join(''));
  });
});
