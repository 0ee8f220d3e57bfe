import type { Milliseconds } from '../shared/units.ts';
import type { EngineError } from './engine-error.ts';
import type { CompiledModule } from './loader/compile-module.ts';
import type { Logger } from './logger.ts';
import { type BuiltinMetrics, createBuiltinMetrics } from './metrics/builtin.ts';
import type { Metric } from './metrics/metric.ts';
import { MetricRegistry } from './metrics/registry.ts';
import { TagSet } from './metrics/tag-set.ts';
import { type ChooseProxy, readProxies } from './net/proxy.ts';
import type { ConsoleFile } from './output/console-file.ts';
import type { JsonOutput } from './output/json-output.ts';
import { Scope } from './scope.ts';
import type { ScriptOptions } from './settings/script-options.ts';
import { GroupTree } from './summary/groups.ts';
import { now } from './timing.ts';
import { createTurns } from './vu/turns.ts';

/** What all VUs of one run share. */
export class Run {
  readonly bundlePath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: Logger;
  readonly proxyFor: ChooseProxy;
  readonly registry = new MetricRegistry();
  readonly builtin: BuiltinMetrics = createBuiltinMetrics(this.registry);
  readonly groups = new GroupTree();
  /** Ends when the run is aborted; setup and all scenarios live in it. */
  readonly scope = new Scope();
  readonly turns = createTurns();
  /** SharedArrays by name: JSON of each element. */
  readonly sharedArrays = new Map<string, readonly string[]>();
  /** Files that the first VU opened; the others may open no other. */
  readonly files = new Map<string, Buffer>();
  /** The script and the modules that it imports, by path. */
  readonly modules = new Map<string, CompiledModule>();
  outputs: readonly JsonOutput[] = [];
  /** Where the script's `console` goes; null: to the log. */
  consoleFile: ConsoleFile | null = null;
  options: ScriptOptions | null = null;
  /** JSON of what setup returned; null before, and when it returned nothing. */
  setupData: string | null = null;
  iterationsCompleted = 0;
  iterationsInterrupted = 0;
  activeVus = 0;
  initializedVus = 0;
  markedAsFailed = false;
  /** While a handler of a script runs: when its event happened. The clock of the script says so, however late the handler runs. */
  moment: Milliseconds | null = null;
  #started: Milliseconds | null = null;
  #ended: Milliseconds | null = null;
  #abortReason: EngineError | null = null;

  constructor(bundlePath: string, env: Readonly<Record<string, string>>, log: Logger) {
    this.bundlePath = bundlePath;
    this.env = env;
    this.log = log;
    this.proxyFor = readProxies(env);
    // k6 always keeps the durations of expected responses apart.
    this.builtin.http_req_duration.submetric('expected_response:true', { expected_response: 'true' });
  }

  /** The options of a loaded script. @throws {Error} before they are read, a mistake in the engine */
  get settings(): ScriptOptions {
    if (!this.options) throw new Error('the options are not read yet');
    return this.options;
  }

  /** What the script prints. */
  print(text: string): void {
    if (this.consoleFile === null) this.log.info(text);
    else this.consoleFile.print(text);
  }

  get started(): boolean {
    return this.#started !== null;
  }

  get abortReason(): EngineError | null {
    return this.#abortReason;
  }

  markStarted(): void {
    this.#started = now();
  }

  markEnded(): void {
    this.#ended = now();
  }

  /** Since just before setup; 0 before. Stands still after teardown. */
  elapsed(): Milliseconds {
    if (this.#started === null) return 0;
    return (this.#ended ?? this.moment ?? now()) - this.#started;
  }

  /** Ends the run early; the first reason counts. */
  abort(reason: EngineError): void {
    if (this.#abortReason) return;
    this.#abortReason = reason;
    this.scope.end();
  }

  /** Takes a sample into metrics and outputs. */
  record(metric: Metric, value: number, tags: TagSet, metadata: Readonly<Record<string, string>> | null = null): void {
    metric.add(value, tags);
    for (const output of this.outputs) output.add(metric, value, tags, metadata);
  }

  /** The tags of samples that belong to no VU. */
  tagsOf(scenario?: string): TagSet {
    const { tags, systemTags } = this.settings;
    return new TagSet(scenario !== undefined && systemTags.has('scenario') ? { ...tags, scenario } : tags);
  }

  /** A promise while an output is behind, else null. */
  congestion(): Promise<unknown> | null {
    const waiting = this.outputs.flatMap((output) => output.congestion() ?? []);
    return waiting.length === 0 ? null : Promise.all(waiting);
  }

  /** Lets go of everything big: what the script left waiting may still reach the run. */
  dispose(): void {
    this.registry.clear();
    this.sharedArrays.clear();
    this.files.clear();
    this.modules.clear();
    this.outputs = [];
    this.setupData = null;
  }
}
