import type { RequestRecord } from '../measure/request-record.ts';
import { defaultArrival } from '../shared/default-arrival.ts';
import { TOKEN_SOURCES, type TokenSource } from '../shared/failure-kinds.ts';
import { hashText } from '../shared/random.ts';

/**
 * What a run was, as far as it bears on a comparison. `strict` facts have to agree, or the numbers mean different things;
 * the others are only shown, since a difference in them is often the point.
 */
const FACTS = [
  { name: 'workload', strict: true, args: 'dataset' },
  { name: 'dataset file', strict: true, args: 'dataset_path' },
  { name: 'prompt', strict: true, args: 'prompt' },
  { name: 'query template', strict: true, args: 'query_template' },
  { name: 'max_prompt_length', strict: true, args: 'max_prompt_length' },
  { name: 'min_prompt_length', strict: true, args: 'min_prompt_length' },
  { name: 'max_tokens', strict: true, args: 'max_tokens' },
  { name: 'min_tokens', strict: true, args: 'min_tokens' },
  { name: 'API', strict: true, args: 'api' },
  { name: 'streaming', strict: true, args: null },
  { name: 'TTFT rule', strict: true, args: null },
  { name: 'token source', strict: true, args: null },
  { name: 'concurrency', strict: true, args: 'parallel' },
  { name: 'request rate', strict: true, args: 'rate' },
  { name: 'arrivals', strict: true, args: null },
  { name: 'stages', strict: true, args: 'stages' },
  { name: 'rate stages', strict: true, args: 'rate_stages' },
  { name: 'rate ramp', strict: true, args: null },
  { name: 'schedule', strict: true, args: 'schedule' },
  { name: 'speed', strict: true, args: 'speed' },
  { name: 'model', strict: false, args: null },
  { name: 'URL', strict: false, args: 'url' },
  { name: 'engine', strict: false, args: 'engine' },
  { name: 'temperature', strict: false, args: 'temperature' },
  { name: 'seed', strict: false, args: 'seed' },
  { name: 'headers', strict: false, args: 'headers' },
  { name: 'extra_args', strict: false, args: 'extra_args' },
] as const;

export type FactName = (typeof FACTS)[number]['name'];

/** null: what was read does not tell. */
export type RunFacts = Readonly<Record<FactName, string | null>>;

/** What is known of a run beside its records. */
interface FactSources {
  /** The configuration the run was started with; null where the samples have none. */
  readonly args: Readonly<Record<string, unknown>> | null;
  /** The dataset that samples are tagged with. */
  readonly datasets: readonly string[];
  /** The most VUs there were. */
  readonly vus: number | null;
}

/** Takes the records of a run, in any order. */
export interface FactCollector {
  add(record: RequestRecord): void;
  build(sources: FactSources): RunFacts;
}

/** Below this share of the requests a token source is a slip of the server, not the way a run was counted. */
const NOTABLE_SHARE = 0.01;

export function createFactCollector(): FactCollector {
  const models = new Set<string>();
  const rules = new Set<string>();
  const streaming = new Set<string>();
  const sources = new Map<TokenSource, number>();
  let counted = 0;
  return {
    add(record) {
      if (record.warmup === true || record.probe === true) return;
      models.add(record.model);
      streaming.add(record.stream ? 'on' : 'off');
      if (record.stream && record.outcome === 'completed') rules.add(record.ttft_rule);
      if (record.outcome !== 'completed' || record.token_source === null) return;
      counted += 1;
      sources.set(record.token_source, (sources.get(record.token_source) ?? 0) + 1);
    },
    build({ args, datasets, vus }) {
      const notable = TOKEN_SOURCES.filter((source) => (sources.get(source) ?? 0) > counted * NOTABLE_SHARE);
      const told = Object.fromEntries(
        FACTS.map(({ name, args: key }) => [name, key === null || args === null ? null : describe(key, args[key])]),
      ) as Record<FactName, string | null>;
      return {
        ...told,
        workload: told.workload ?? join(datasets),
        concurrency: told.concurrency ?? (vus === null ? null : String(vus)),
        arrivals: args === null ? null : describeArrivals(args),
        'rate ramp': args === null ? null : describeRamp(args),
        streaming: join(streaming),
        'TTFT rule': join(rules),
        'token source': join(notable),
        model: join(models),
      };
    },
  };
}

function join(values: Iterable<string>): string | null {
  const texts = [...values].sort();
  return texts.length === 0 ? null : texts.join(', ');
}

/** A setting as a short text; `none` for one that was not given, null where the configuration does not have it. */
function describe(key: string, value: unknown): string | null {
  if (value === undefined) return null;
  if (value === null) return 'none';
  // The same file has another path on another machine.
  const isPath = key === 'dataset_path' || key === 'schedule';
  if (isPath && typeof value === 'string') return value.split(/[/\\]/).at(-1) ?? value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= 60) return text;
  // So that long texts with the same beginning differ.
  const checksum = hashText(text).toString(16).padStart(8, '0');
  return `${text.slice(0, 40)}… (${text.length} characters, ${checksum})`;
}

/** How the gaps of an open loop were drawn; `none` where none were, null where the configuration does not say. */
function describeArrivals(args: Readonly<Record<string, unknown>>): string | null {
  const { arrival, burstiness, rate, rate_stages: rateStages } = args;
  if (arrival === undefined) return null;
  const isDrawn = (rate ?? rateStages ?? args['ramp_up_strategy'] ?? null) !== null && rate !== 'inf';
  if (!isDrawn) return 'none';
  const law = arrival ?? defaultArrival(burstiness);
  return law === 'gamma' || law === 'weibull' ? `${law} ${burstiness ?? 1}` : String(law);
}

/** vLLM's ramp: `linear 1 to 10`; `none` without one, null where the configuration does not say. */
function describeRamp(args: Readonly<Record<string, unknown>>): string | null {
  const { ramp_up_strategy: strategy, rate_start: from, rate_end: to } = args;
  if (strategy === undefined) return null;
  return strategy === null ? 'none' : `${strategy} ${from} to ${to}`;
}

/** Something in which two runs are not the same. */
export interface FactDifference {
  readonly name: FactName;
  readonly base: string;
  readonly next: string;
  /** Whether the runs cannot be compared because of it. */
  readonly strict: boolean;
}

/** In what two runs differ; what one of them does not tell is not a difference. */
export function findDifferences(base: RunFacts, next: RunFacts): FactDifference[] {
  return FACTS.flatMap(({ name, strict }) => {
    const before = base[name];
    const after = next[name];
    return before === null || after === null || before === after ? [] : [{ name, base: before, next: after, strict }];
  });
}

/** Strict facts that only one of two runs tells, so that nobody knows whether they agree. */
export function findUnknown(base: RunFacts, next: RunFacts): FactName[] {
  return FACTS.filter(({ name, strict }) => strict && (base[name] === null) !== (next[name] === null)).map(
    ({ name }) => name,
  );
}
