import type { Metric } from '../metrics/metric.ts';
import { TagSet } from '../metrics/tag-set.ts';
import { type ByteMeter, createByteMeter } from '../net/byte-meter.ts';
import type { Run } from '../run.ts';
import { Scope } from '../scope.ts';
import type { SystemTag } from '../settings/script-options.ts';
import type { Activation } from './activation.ts';

/** What a copy of the script is there for. `init`: its top level runs. */
export type VuPhase = 'init' | 'setup' | 'iterations' | 'teardown' | 'summary';

export type Metadata = Readonly<Record<string, string>>;

/** A virtual user: one copy of the script with its own state. */
export class Vu {
  readonly run: Run;
  /** From 1; 0 for the copies that read options and run setup, teardown and handleSummary. */
  readonly id: number;
  readonly meter: ByteMeter = createByteMeter();
  phase: VuPhase = 'init';
  /** What the script exports; set when its top level is through. */
  exports: Readonly<Record<string, unknown>> = {};
  /** The scope of what the VU does now: an iteration, setup, teardown. */
  scope: Scope;
  activation: Activation | null = null;
  /** Counts from 0 over all scenarios; -1 before the first. */
  iteration = -1;
  /** Iterations of this VU per scenario. */
  readonly scenarioIterations = new Map<string, number>();
  /** Runs at the end of the VU's life: closes its connections. */
  readonly cleanups: (() => void)[] = [];
  /** Runs after each iteration. */
  readonly iterationCleanups: (() => void)[] = [];
  /** `__ENV` of this copy. */
  readonly env: Record<string, string>;
  /** Sets `__ITER` of this copy; the script's first line puts it here. */
  setIterationGlobal: (iteration: number) => void = () => {};
  #tags: Record<string, string> = {};
  #tagSet: TagSet | null = null;
  #metadata: Metadata | null = null;
  #setupData: { value: unknown } | null = null;
  #pending = 0;
  #idle: (() => void) | null = null;

  /** @param parent ends what the VU does; the run by default */
  constructor(run: Run, id: number, parent: Scope = run.scope) {
    this.run = run;
    this.id = id;
    this.env = { ...run.env };
    this.scope = new Scope(parent);
  }

  /** The tags that samples of this VU carry now. */
  get tags(): TagSet {
    this.#tagSet ??= new TagSet({ ...this.#tags });
    return this.#tagSet;
  }

  /** The metadata that samples of this VU carry now; a new object after each change, so samples may keep it. */
  get metadata(): Metadata | null {
    return this.#metadata;
  }

  setTag(key: string, value: string): void {
    this.#tags[key] = value;
    this.#tagSet = null;
  }

  deleteTag(key: string): void {
    delete this.#tags[key];
    this.#tagSet = null;
  }

  setMetadata(key: string, value: string): void {
    this.#metadata = { ...this.#metadata, [key]: value };
  }

  deleteMetadata(key: string): void {
    if (!this.#metadata || !Object.hasOwn(this.#metadata, key)) return;
    const { [key]: _gone, ...rest } = this.#metadata;
    this.#metadata = Object.keys(rest).length === 0 ? null : rest;
  }

  /** Starts anew with the run's tags and `extra`, without metadata. */
  resetTags(extra: Readonly<Record<string, string>>): void {
    this.#tags = { ...this.run.settings.tags, ...extra };
    this.#tagSet = null;
    this.#metadata = null;
  }

  /** Replaces the content of `__ENV`. */
  environment(env: Readonly<Record<string, string>>): void {
    for (const key of Object.keys(this.env)) delete this.env[key];
    Object.assign(this.env, env);
  }

  /** @throws {Error} k6's text, when the script's top level calls something that needs a running VU */
  refuseInInit(text: string): void {
    if (this.phase === 'init') throw new Error(text);
  }

  has(tag: SystemTag): boolean {
    return this.run.settings.systemTags.has(tag);
  }

  /** Records a sample, unless what the VU does was interrupted; `handleSummary` measures nothing. */
  record(metric: Metric, value: number, tags: TagSet = this.tags, metadata: Metadata | null = this.#metadata): void {
    if (this.scope.done || this.phase === 'summary') return;
    this.run.record(metric, value, tags, metadata);
  }

  /** This VU's copy of what setup returned, parsed once: iterations of a VU share it. */
  get setupData(): unknown {
    this.#setupData ??= {
      value: this.run.setupData === null ? undefined : (JSON.parse(this.run.setupData) as unknown),
    };
    return this.#setupData.value;
  }

  /**
   * Something that the script waits for. When the VU is interrupted the promise never settles: the script stops where it
   * is, as in k6, and no `finally` of it runs.
   *
   * @param start begins, and returns what ends it early
   */
  wait<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void): Promise<T> {
    const { scope } = this;
    return new Promise<T>((resolve, reject) => {
      if (scope.done) return;
      let settled = false;
      let forget = (): void => {};
      const settle = (): boolean => {
        if (settled) return false;
        settled = true;
        forget();
        this.#pending--;
        if (this.#pending === 0) this.#idle?.();
        return true;
      };
      this.#pending++;
      const cancel = start(
        (value) => void (settle() && resolve(value)),
        (error) => void (settle() && reject(error)),
      );
      if (!settled) forget = scope.onDone(() => void (settle() && cancel()));
    });
  }

  /** Waits until nothing that the script began is under way: an iteration ends with its last open request. */
  async idle(): Promise<void> {
    while (this.#pending > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
      this.#idle = null;
    }
  }
}
