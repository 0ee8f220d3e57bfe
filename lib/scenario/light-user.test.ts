import { describe, expect, it } from 'vitest';
import { createLoadWatch, runLightUser } from './light-user.ts';

/** A clock that runs where somebody waits. */
function createInstance() {
  return { currentTestRunDuration: 0, vusActive: 3, iterationsCompleted: 0 };
}

describe('runLightUser', () => {
  /** Requests at 1/s of which each takes as long as told, until the load is over at `endMs`. */
  async function run(tookMs: (index: number) => number, endMs: number): Promise<[number, number][]> {
    const clock = createInstance();
    const sent: [number, number][] = [];
    await runLightUser(
      {
        rate: 1,
        isLoadOver: () => clock.currentTestRunDuration >= endMs,
        wait: async (until) => {
          clock.currentTestRunDuration = until;
          return true;
        },
        send: async (index, due) => {
          sent.push([due, clock.currentTestRunDuration - 100]);
          clock.currentTestRunDuration += tookMs(index);
          return true;
        },
      },
      clock,
      100,
    );
    return sent;
  }

  it('sends at even times, the first half a gap after the beginning, until the load is over', async () => {
    expect(await run(() => 200, 3100)).toEqual([
      [500, 500],
      [1500, 1500],
      [2500, 2500],
    ]);
  });

  it('leaves out what passes while a request is under way, but for the last time, which is late', async () => {
    // Due at 1500 and 2500 while the first was under way until 3000: the later one goes out then.
    expect(await run((index) => (index === 0 ? 2500 : 100), 4200)).toEqual([
      [500, 500],
      [2500, 3000],
      [3500, 3500],
    ]);
  });

  it('sends nothing beside a load that is over, and stops where the run does', async () => {
    expect(await run(() => 0, 0)).toEqual([]);
    const wait = async (): Promise<boolean> => false;
    const send = (): never => {
      throw new Error('sent');
    };
    await runLightUser({ rate: 1, wait, send, isLoadOver: () => false }, createInstance(), 0);
  });
});

describe('createLoadWatch', () => {
  it('waits for the VUs of the load to come and to go', () => {
    const clock = { ...createInstance(), vusActive: 1 };
    const isOver = createLoadWatch(clock, 0);
    expect(isOver()).toBe(false);
    clock.vusActive = 2;
    expect(isOver()).toBe(false);
    clock.vusActive = 1;
    expect(isOver()).toBe(true);
  });

  it('waits for stages to end, whose VUs may all be gone in between, or come late', () => {
    const clock = { ...createInstance(), vusActive: 2 };
    const isOver = createLoadWatch(clock, 30_500);
    expect(isOver()).toBe(false);
    Object.assign(clock, { vusActive: 1, currentTestRunDuration: 12_000 });
    expect(isOver()).toBe(false);
    clock.currentTestRunDuration = 30_500;
    expect(isOver()).toBe(true);
    expect(createLoadWatch({ ...clock, currentTestRunDuration: 20_000 }, 30_500)()).toBe(false);
  });

  it('takes a load that it never saw for one that is over: by its iterations, or after 10 s', () => {
    const quick = { ...createInstance(), vusActive: 1, iterationsCompleted: 1 };
    expect(createLoadWatch(quick, 0)()).toBe(true);
    const none = { ...createInstance(), vusActive: 1, currentTestRunDuration: 11_000 };
    expect(createLoadWatch(none, 500)()).toBe(true);
  });
});
