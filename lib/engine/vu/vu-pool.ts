import type { Run } from '../run.ts';
import { Vu } from './vu.ts';

/** VUs are made this many at a time. */
const BATCH = 16;

/** The VUs of a run: made before the start as planned, handed to scenarios, taken back, and some made on demand. */
export class VuPool {
  readonly #run: Run;
  readonly #load: (vu: Vu) => Promise<void>;
  readonly #idle: Vu[] = [];
  readonly #all: Vu[] = [];
  readonly #waiting: ((vu: Vu) => void)[] = [];
  #unplanned = 0;

  /** @param load runs the script's top level for a VU */
  constructor(run: Run, load: (vu: Vu) => Promise<void>) {
    this.#run = run;
    this.#load = load;
  }

  /**
   * Makes the planned VUs.
   *
   * @param unplanned how many more `takeUnplanned` may make
   * @throws {EngineError} what the script's top level throws
   */
  async fill(planned: number, unplanned: number): Promise<void> {
    this.#unplanned = unplanned;
    for (let made = 0; made < planned && !this.#run.scope.done; made += BATCH) {
      const size = Math.min(BATCH, planned - made);
      this.#idle.push(...(await Promise.all(Array.from({ length: size }, () => this.#make()))));
    }
  }

  /** A VU for a scenario; waits for one to come back when all are out. */
  take(): Promise<Vu> {
    const vu = this.#idle.shift();
    if (vu) return Promise.resolve(vu);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** One more VU than planned: a new one while that is allowed. */
  async takeUnplanned(): Promise<Vu> {
    if (this.#unplanned <= 0) return this.take();
    this.#unplanned--;
    return this.#make();
  }

  giveBack(vu: Vu): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(vu);
    else this.#idle.push(vu);
  }

  /** Ends the VUs and closes their connections. */
  dispose(): void {
    for (const vu of this.#all) {
      vu.scope.end();
      for (const cleanup of vu.cleanups) cleanup();
    }
  }

  async #make(): Promise<Vu> {
    const vu = new Vu(this.#run, this.#all.length + 1);
    this.#all.push(vu);
    await this.#load(vu);
    this.#run.initializedVus++;
    return vu;
  }
}
