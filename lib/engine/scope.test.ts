import { describe, expect, it } from 'vitest';
import { Scope } from './scope.ts';
import { endAfter, now, sleepUntil } from './timing.ts';

describe('Scope', () => {
  it('ends once, and ends its children', () => {
    const parent = new Scope();
    const child = new Scope(parent);
    const calls: string[] = [];
    child.onDone(() => calls.push('child'));
    parent.onDone(() => calls.push('parent'));
    parent.end();
    parent.end();
    expect(calls).toEqual(['child', 'parent']);
    expect(child.done).toBe(true);
    expect(new Scope(parent).done).toBe(true);
  });

  it('does not end its parent, calls back at once when it is over, and forgets what was taken off', () => {
    const parent = new Scope();
    const child = new Scope(parent);
    let called = 0;
    const off = child.onDone(() => called++);
    off();
    child.end();
    expect([parent.done, called]).toEqual([false, 0]);
    child.onDone(() => called++);
    expect(called).toBe(1);
  });
});

describe('sleepUntil', () => {
  it('is true when the time has come, never before it', async () => {
    for (let i = 0; i < 5; i++) {
      const target = now() + 3.7;
      expect(await sleepUntil(target, new Scope())).toBe(true);
      expect(now()).toBeGreaterThanOrEqual(target - 0.05);
    }
  });

  it('is false when the scope ends first', async () => {
    const scope = new Scope();
    endAfter(scope, 5);
    expect(await sleepUntil(now() + 60_000, scope)).toBe(false);
    expect(await sleepUntil(now() - 1, scope)).toBe(false);
  });
});
