import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { guardOutput } from './guard-output.ts';

function createStream() {
  const emitter = new EventEmitter();
  const written: string[] = [];
  return Object.assign(emitter, { written, write: (text: string) => written.push(text) });
}

function fail(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: it failed`), { code });
}

describe('guardOutput', () => {
  it('keeps the exit code when the reader has gone', () => {
    const process = { stdout: createStream(), stderr: createStream() };
    const guard = guardOutput(process);
    process.stdout.emit('error', fail('EPIPE'));
    process.stderr.emit('error', fail('EPIPE'));
    expect([guard.finish(0), guard.finish(99)]).toEqual([0, 99]);
    expect(process.stderr.written).toEqual([]);
  });

  it('says what a full disk took, and ends with 107 unless there is a code already', () => {
    const process = { stdout: createStream(), stderr: createStream() };
    const guard = guardOutput(process);
    process.stdout.emit('error', fail('ENOSPC'));
    process.stdout.emit('error', fail('ERR_STREAM_DESTROYED'));
    expect([guard.finish(0), guard.finish(99)]).toEqual([107, 99]);
    expect(process.stderr.written[0]).toBe('standard output could not be written: ENOSPC: it failed\n');
  });

  it('makes nothing of what is lost on standard error', () => {
    const process = { stdout: createStream(), stderr: createStream() };
    const guard = guardOutput(process);
    process.stderr.emit('error', fail('ENOSPC'));
    expect(guard.finish(0)).toBe(0);
  });
});
