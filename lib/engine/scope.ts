/**
 * A span in which work may go on: open until it ends, then over for good. Scopes nest; a parent's end ends its children.
 *
 * The part of a Go context that k6's scheduler leans on: one scope per run, per scenario, per VU activation and per iteration.
 */
export class Scope {
  #done = false;
  #callbacks: Set<() => void> | null = null;
  #detach: (() => void) | null = null;

  constructor(parent?: Scope) {
    if (parent) this.#detach = parent.onDone(() => this.end());
  }

  get done(): boolean {
    return this.#done;
  }

  /** Ends the scope and runs what waits for it, at once and once only. */
  end(): void {
    if (this.#done) return;
    this.#done = true;
    this.#detach?.();
    const callbacks = this.#callbacks;
    this.#callbacks = null;
    if (callbacks) for (const callback of callbacks) callback();
  }

  /**
   * Runs `callback` when the scope ends, immediately when it is over already.
   *
   * @returns takes the callback off again
   */
  onDone(callback: () => void): () => void {
    if (this.#done) {
      callback();
      return () => {};
    }
    this.#callbacks ??= new Set();
    this.#callbacks.add(callback);
    return () => this.#callbacks?.delete(callback);
  }

  /** A promise of the scope's end. */
  ended(): Promise<void> {
    return new Promise((resolve) => this.onDone(resolve));
  }
}
