import type { DatasetName } from '../dataset/registry.ts';
import type { TtftRule } from '../shared/failure-kinds.ts';
import type { PercentileRule } from '../stats/percentile-rule.ts';

export const TABLE_CHOICES = ['main', 'all', 'none'] as const;
export const ENGINES = ['auto', 'k6', 'node'] as const;
type EngineName = (typeof ENGINES)[number];

/**
 * What a run is to do, checked and with defaults filled in. Keys follow the flags (`max-tokens` is `maxTokens`).
 *
 * null means "not given": the field is left out of the request, or the stage's own default holds.
 */
export interface RunConfig {
  /** The complete endpoint, the path of the API appended where the user gave only a base. */
  readonly url: string;
  /** true: nothing is appended to the URL. */
  readonly urlAsIs: boolean;
  readonly model: string;
  /** Names the results folder; default: the last part of `model`. */
  readonly name: string;
  /** The same for all instances of a distributed run; null: every process makes one for itself. */
  readonly runId: string | null;
  /** A name of `lib/api/apis.ts`, or `openai`, which leaves it to the URL. */
  readonly api: string;
  /** Given directly, or read from `apiKeyFile`. */
  readonly apiKey: string | null;
  readonly apiKeyFile: string | null;
  /** The key's name in k6's secret source; the scenario asks for it, since that is possible in a VU only. */
  readonly apiKeySecret: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** true: the server's TLS certificate is not checked. */
  readonly insecure: boolean;
  readonly parallel: number;
  /** Requests in total; null: one pass over the dataset, or, with `durationS`, as many as fit. */
  readonly number: number | null;
  readonly durationS: number | null;
  /** Requests sent before the measured ones, in no metric: a count, or, between 0 and 1, a share of `number`. */
  readonly warmupNum: number;
  readonly dataset: DatasetName;
  readonly datasetPath: string | null;
  /** How many prompts of the dataset are passed over at the start; it wraps around. */
  readonly datasetOffset: number;
  /** Text that replaces the dataset, `@file` already read. */
  readonly prompt: string | null;
  /** A request body to start from, `@file` already read. */
  readonly queryTemplate: Readonly<Record<string, unknown>> | null;
  readonly maxPromptLength: number;
  readonly minPromptLength: number;
  readonly maxTokens: number;
  /** The field of the body that `maxTokens` is sent in. */
  readonly maxTokensField: string;
  readonly minTokens: number | null;
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly topK: number | null;
  readonly frequencyPenalty: number | null;
  readonly repetitionPenalty: number | null;
  readonly seed: number;
  readonly stop: readonly string[] | null;
  readonly stopTokenIds: readonly number[] | null;
  readonly logprobs: boolean | null;
  readonly nChoices: number | null;
  readonly extraArgs: Readonly<Record<string, unknown>>;
  readonly stream: boolean;
  /** Whether a stream's request asks for usage with `stream_options`, which some servers refuse. */
  readonly streamOptions: boolean;
  readonly connectTimeoutS: number;
  readonly readTimeoutS: number;
  readonly totalTimeoutS: number;
  readonly tokenizer: string | null;
  readonly outputsDir: string;
  readonly noTimestamp: boolean;
  readonly noTestConnection: boolean;
  /** How long the connection test is tried again while the service is starting; null: once. */
  readonly waitForModelS: number | null;
  readonly logEveryNQuery: number;
  readonly debug: boolean;
  /** A profile's name or a path; null: no thresholds. */
  readonly thresholds: string | null;
  /** Conditions that the report judges on the records, as text. */
  readonly gates: readonly string[];
  /** true: a run whose measurement is INVALID ends like one that crossed a threshold. */
  readonly requireValid: boolean;
  readonly ttftRule: TtftRule;
  readonly percentileRule: PercentileRule;
  readonly saveText: boolean;
  /** Where to write the verdict as JUnit XML; null: beside the other results. */
  readonly junit: string | null;
  /** How many tables are printed; null: the main ones on a terminal, all elsewhere. */
  readonly tables: (typeof TABLE_CHOICES)[number] | null;
  /** No progress, and nothing said before the results. */
  readonly quiet: boolean;
  /** false: no record in the samples' metadata, for k6 Cloud. */
  readonly records: boolean;
  readonly engine: EngineName;
  /** Names (as in this interface) of what the user set, as opposed to defaults. */
  readonly given: ReadonlySet<string>;
}
