import { describe, expect, it } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { now } from './clock.ts';
import { createScheduler } from './scheduler.ts';

describe('createScheduler', () => {
  it.each([true, false])('runs in the order of the times and never early, spinning: %s', async (spin) => {
    const scheduler = createScheduler(spin);
    const random = createRandom(1);
    const start = now();
    const dues = Array.from({ length: 200 }, () => start + random.next() * 30);
    const ran: { due: number; at: number }[] = [];
    await new Promise<void>((resolve) => {
      for (const due of dues) {
        scheduler.at(due, () => {
          ran.push({ due, at: now() });
          if (ran.length === dues.length) resolve();
        });
      }
    });
    expect(ran.map((run) => run.due)).toEqual([...dues].sort((a, b) => a - b));
    expect(ran.filter((run) => run.at < run.due)).toEqual([]);
  });

  it('does not run what was cancelled', async () => {
    const scheduler = createScheduler();
    const ran: string[] = [];
    const cancelled = scheduler.at(now() + 1, () => ran.push('cancelled'));
    cancelled.cancel();
    await new Promise<void>((resolve) => scheduler.at(now() + 3, resolve));
    expect(ran).toEqual([]);
  });

  it('lets other work of the event loop through when a callback plans itself again and again', async () => {
    const scheduler = createScheduler();
    let turns = 0;
    const again = (): void => {
      turns++;
      scheduler.at(0, again);
    };
    again();
    await new Promise((resolve) => setImmediate(resolve));
    scheduler.stop();
    const atStop = turns;
    await new Promise((resolve) => setImmediate(resolve));
    expect(turns).toBe(atStop);
  });
});
