import { SharedArray } from 'k6/data';
import type { Dataset } from '../dataset/dataset.ts';
import type { Prompt } from '../dataset/prompt.ts';
import type { SampleMetric } from '../metrics/sample-metrics.ts';
import type { Milliseconds } from '../shared/units.ts';
import { createK6Metrics } from './k6-metrics.ts';
import { type CreateTalk, createStages, prepareRun, type Scenario } from './k6-scenario.ts';
import type { PreparedScenario } from './prepare-scenario.ts';
import { type RestoredRun, restoreRun, type SharedOnce } from './shared-run.ts';

/** What a copy needs of a run while it loads, be it a VU that never does anything. */
interface SharedStart {
  readonly isRefused: boolean;
  readonly isScheduled: boolean;
  /** The metrics of k6 that a copy makes. */
  readonly metrics: readonly Omit<SampleMetric, 'meaning'>[];
}

/** The run as JSON within JSON: k6 freezes each part of what it hands out, which takes longer than to parse it. */
interface SharedText {
  readonly text: string;
}

/**
 * A k6 script for one dataset: the whole of it but its exports.
 *
 * Runs in every VU when the script loads, so it does nothing but what k6 allows only then: configuration and dataset are
 * read once per process, and a VU makes its stages when it begins. With anything wrong in the configuration it hands k6
 * options that it refuses, which ends in exit code 104.
 */
export function createScenario(dataset: () => Dataset, createTalk?: CreateTalk): Scenario {
  let prepared: PreparedScenario | null = null;
  const shared = new SharedArray<object>('llm run', () => {
    prepared = prepareRun(dataset(), open);
    const { run, once, starts } = prepared;
    const metrics = run.state === 'ready' ? run.metrics : [];
    return [
      { isRefused: run.state === 'refused', isScheduled: starts !== null, metrics },
      { text: JSON.stringify(run) },
      once,
    ];
  });
  const prompts = new SharedArray<Prompt>('llm prompts', () => [...(prepared?.prompts ?? [])]) as readonly Prompt[];
  const { isRefused, isScheduled, metrics: list } = shared[0] as SharedStart;
  // k6 reads the options of one copy, and writes into those of the others.
  const options = __VU === 0 ? { ...(shared[2] as SharedOnce).options } : {};
  if (isRefused) {
    const nothing = async (): Promise<void> => undefined;
    return { options, setup: async () => null, run: nothing, teardown: nothing, handleSummary: () => ({}) };
  }
  const starts = isScheduled
    ? (new SharedArray('llm starts', () => [...(prepared?.starts ?? [])]) as readonly Milliseconds[])
    : null;
  const restore = (): RestoredRun => restoreRun((shared[1] as SharedText).text);
  const talk = createTalk?.(restore().config, () => prepared?.prompts ?? []) ?? {};
  const metrics = createK6Metrics(list);
  let made: Omit<Scenario, 'options'> | null = null;
  const stages = (): Omit<Scenario, 'options'> => {
    const once = (): SharedOnce => shared[2] as SharedOnce;
    made ??= createStages({ ...restore(), once, prompts, starts, metrics, talk });
    return made;
  };
  return {
    options,
    setup: () => stages().setup(),
    run: (data) => stages().run(data),
    teardown: (data) => stages().teardown(data),
    handleSummary: (data) => stages().handleSummary(data),
  };
}
