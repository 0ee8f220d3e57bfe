import { listApis } from '../api/apis.ts';
import { DATASET_ALIASES, DATASET_NAMES } from '../dataset/dataset-names.ts';
import { ARRIVALS } from '../load/arrival-gaps.ts';
import { TTFT_RULES } from '../shared/failure-kinds.ts';
import { apiName } from './api-name.ts';
import { ARE_OF_ALL, DATASET_TABLES } from './dataset-tables.ts';
import { duration } from './duration-type.ts';
import { jsonObject, textOrFile } from './file-types.ts';
import { httpUrl } from './http-url.ts';
import { gateLines, headerPairs, integerList, mostOfRange, oneOrSeveral, textList } from './list-types.ts';
import { burstiness, leavingTime, moment, requestRate, stageList } from './load-types.ts';
import { metricNames, metricsPages, serverPages } from './metrics-pages.ts';
import { completeRows, type FlagRow, type Parameter, type ValuesOf } from './parameter.ts';
import { choice, countOrShare, decimal, integer, onOff, percentileRule, text } from './scalar-types.ts';

/** What an answer that is short may take: the default of `totalTimeoutS` is never below. */
export const SHORTEST_TOTAL_TIMEOUT_S = 600;

const TABLE = {
  url: {
    group: 'Service',
    type: httpUrl,
    default: 'http://127.0.0.1:8877/v1/chat/completions',
    example: ['http://127.0.0.1:8000/v1/chat/completions'],
    help: 'The endpoint, or its base; a missing path of the API, such as /chat/completions, is appended. Several URLs take turns.',
  },
  urlAsIs: {
    type: onOff,
    default: false,
    help: 'Sends to the URL exactly as it is, with nothing appended; --api says what is spoken there.',
  },
  model: {
    type: text('the name under which the server knows the model'),
    default: '',
    defaultText: 'the only one that the server lists; required for k6 run',
    required: true,
    example: ['qwen2.5'],
    help: 'Name of the model, as the server knows it. Several between commas take turns, evenly or by weight: a:3,b:1.',
  },
  api: {
    type: apiName,
    default: 'openai',
    example: ['openai'],
    help: 'The API to speak; openai takes the one whose path the URL ends in, and else chat completions; a file such as ./my-api.ts is one of your own.',
  },
  apiKey: {
    envFallbacks: [...new Set(listApis().map(({ keyVariable }) => keyVariable))],
    type: text(
      'visible ASCII characters without blanks',
      /^[\x21-\x7e]+$/,
      'it holds characters that a header cannot carry',
    ),
    secret: true,
    example: ['YOUR_KEY'],
    help: 'Sent in the header that the API has for it and shown nowhere. Better in the environment than in a flag; the variable of a vendor counts for its own API only.',
  },
  apiKeyFile: {
    type: text('the path of a file that holds the key alone'),
    example: ['key.txt'],
    help: 'Reads the API key from a file, so that it is in no environment and no command line. Not for k6 archive or cloud: they would upload the file.',
  },
  apiKeySecret: {
    type: text("a name known to k6's --secret-source"),
    example: ['llm-key'],
    help: 'Takes the API key from k6/secrets when the run starts; engine k6 only.',
  },
  headers: {
    type: headerPairs,
    default: {},
    example: ['x-team=search', 'x-run=1'],
    envExample: 'x-team=search,x-run=1',
    help: 'Extra HTTP headers, each split at its first "=".',
  },
  insecure: {
    type: onOff,
    default: false,
    help: 'Takes any TLS certificate of the server, a self-signed one too.',
  },
  connections: {
    type: choice(['new', 'kept']),
    default: 'new',
    example: ['kept'],
    help: 'new: one for each stream. kept: one for each of parallel, for all of its streams; needs the Node engine. Answers without streaming come over kept ones in any case.',
  },
  connectProbes: {
    type: onOff,
    default: true,
    help: 'Measures how long connecting takes with a GET of /, without key or headers: 5 times before the load, every 10 s during it, 5 times after it. Only for k6/x/sse, which does not say.',
  },
  serverMetrics: {
    type: serverPages,
    default: 'auto',
    example: ['http://127.0.0.1:8000/metrics'],
    help: "The servers' pages of Prometheus metrics, read once a second, between commas. auto: the command line tries /metrics beside the API; k6 run reads none. off: none.",
  },
  serverMetricsHeaders: {
    type: headerPairs,
    default: {},
    example: ['x-team=search'],
    help: 'HTTP headers for those pages; no key and no other header goes there.',
  },
  serverMetricNames: {
    flag: 'server-metric',
    repeatable: true,
    type: metricNames,
    default: [],
    example: ['my_server:batch_size'],
    help: 'A metric of the server by its own name, beside those that are known; may be given several times.',
  },
  gpuMetrics: {
    type: metricsPages,
    default: [],
    defaultText: 'off',
    example: ['http://127.0.0.1:9400/metrics'],
    help: "Pages of NVIDIA's DCGM exporter or AMD's, read like those of the servers.",
  },
  parallel: {
    group: 'Load',
    type: oneOrSeveral(integer(1)),
    default: 1,
    example: ['8'],
    help: 'Requests in flight at the same time; several numbers are a sweep.',
  },
  number: {
    short: 'n',
    type: oneOrSeveral(integer(1)),
    defaultText: 'one pass over the dataset',
    example: ['100'],
    help: 'Requests in total, or conversations, where the dataset has them; more than there are prompts wraps around. In a sweep one number for all points, or one for each.',
  },
  durationS: {
    flag: 'duration',
    type: duration(1),
    defaultText: 'no limit',
    example: ['5m'],
    help: 'Starts requests for this long instead of counting them.',
  },
  rate: {
    aliases: ['request-rate'],
    type: oneOrSeveral(requestRate),
    defaultText: 'none: a closed loop',
    example: ['5'],
    help: 'Starts this many requests per second, whatever happens to earlier ones: an open loop. inf starts all at once. Beside it, parallel is the cap of max-in-flight.',
  },
  arrival: {
    type: choice(ARRIVALS),
    defaultText: 'poisson, or gamma where there is a burstiness',
    example: ['poisson'],
    help: 'How the gaps between starts of an open loop are distributed.',
  },
  burstiness: {
    type: burstiness,
    defaultText: '1',
    example: ['0.5'],
    help: "The shape of gamma and weibull gaps, vLLM's: below 1 in bursts, 1 is Poisson, inf constant.",
  },
  maxInFlight: {
    aliases: ['max-concurrency'],
    type: integer(1),
    defaultText:
      'none; three trial requests say how much room is made (k6 alone: the starts of the busiest 30 s, 10 to 1,000)',
    example: ['200'],
    help: 'The most requests of an open loop in flight at once. Further ones wait in the client; times from the schedule include that wait.',
  },
  openLoop: {
    type: onOff,
    default: false,
    help: "evalscope's flag for an open loop: requests start at --rate, and --parallel has no effect.",
  },
  rateStages: {
    type: stageList(decimal({ low: 0 })),
    example: ['2@1m,10@5m'],
    help: 'An open loop whose rate changes: the first stage holds its rate, each later one goes there in a straight line.',
  },
  rampUpStrategy: {
    type: choice(['linear', 'exponential']),
    example: ['linear'],
    help: "vLLM's ramp: an open loop from rate-start to rate-end over the requests of the run.",
  },
  rateStart: {
    aliases: ['ramp-up-start-rps'],
    type: decimal({ low: 0, above: true }),
    example: ['1'],
    help: 'Requests per second at the beginning of ramp-up-strategy.',
  },
  rateEnd: {
    aliases: ['ramp-up-end-rps'],
    type: decimal({ low: 0, above: true }),
    example: ['10'],
    help: 'Requests per second at its end.',
  },
  schedule: {
    type: text('the path of a file'),
    example: ['times.csv'],
    help: 'An open loop that starts requests at the times of a file: the first column, in seconds or as ISO 8601.',
  },
  speed: {
    type: decimal({ low: 0, above: true }),
    default: 1,
    example: ['2'],
    help: 'Plays the schedule this many times as fast.',
  },
  startAt: {
    type: moment,
    defaultText: 'when the engine is ready',
    example: ['2026-12-01T08:00:00Z'],
    help: 'When the schedule of an open loop begins, so that several instances begin together.',
  },
  probeRate: {
    type: decimal({ low: 0, above: true }),
    defaultText: 'none',
    example: ['0.5'],
    help: 'Sends this many requests per second beside the load, as a light user does: one at a time, with rows and gates of their own (scenario:probe), and in no number of the load.',
  },
  probePrompt: {
    type: textOrFile,
    defaultText: "the dataset's, from the last one backwards",
    example: ['What is a load test?'],
    help: 'The prompt of the requests of probe-rate.',
  },
  rampUpS: {
    flag: 'ramp-up',
    type: duration(null),
    default: 0,
    defaultText: 'all at once',
    example: ['5s'],
    help: 'Spreads the first starts of a closed loop evenly over this time, so that requests do not go in step; the steady state leaves it out.',
  },
  stages: {
    type: stageList(integer(0)),
    defaultText: 'none: parallel all the time',
    example: ['1@30s,8@1m,32@2m'],
    help: 'A closed loop whose parallel changes: the first stage holds its number, each later one goes there in a straight line; 0 s is a step.',
  },
  cancelRate: {
    type: decimal({ low: 0, high: 1 }),
    default: 0,
    defaultText: '0: nobody leaves',
    example: ['0.1'],
    help: 'Users who leave: this share of the requests, chosen by the seed, is given up after cancel-after and counts as cancelled.',
  },
  cancelAfter: {
    type: leavingTime,
    example: ['2s'],
    help: 'When they leave: this long after the request was sent, whatever has come by then, or with the first token. An answer that ends earlier is complete.',
  },
  warmupNum: {
    type: countOrShare,
    default: 0,
    example: ['10'],
    help: 'Requests of the same load that are sent first and are in no metric: a count, or a share of number.',
  },
  warmupDurationS: {
    flag: 'warmup-duration',
    type: duration(null),
    default: 0,
    defaultText: 'none',
    example: ['10s'],
    help: 'Requests that start this early in the load are in no metric, in place of warmup-num. They do not make the load longer: number and duration include them.',
  },
  maxErrors: {
    type: integer(1),
    defaultText: 'no limit',
    example: ['10'],
    help: 'Ends the run, with exit code 99, when this many requests have failed. Each instance of a distributed run counts its own.',
  },
  maxErrorRate: {
    type: decimal({ low: 0, high: 1 }),
    defaultText: 'no limit',
    example: ['0.5'],
    help: 'Ends the run, with exit code 99, when a larger share of the finished requests has failed: judged from 10 finished ones on, in a closed loop from as many as are in flight.',
  },
  dataset: {
    group: 'Workload',
    type: choice(DATASET_NAMES, DATASET_ALIASES),
    default: 'openqa',
    example: ['openqa'],
    help: 'The workload, a script each. If it includes no file, dataset-path names one.',
  },
  datasetPath: {
    type: text('the path of a file'),
    defaultText: 'the set that comes with the workload',
    example: ['prompts.jsonl'],
    help: 'File with the prompts, in the format of the workload.',
  },
  datasetOffset: {
    type: integer(0),
    default: 0,
    example: ['100'],
    help: 'Prompts to pass over at the start. The points of a sweep go on where the one before ended.',
  },
  cacheBust: {
    type: choice(['none', 'prefix', 'suffix']),
    default: 'none',
    example: ['prefix'],
    help: 'Puts a mark of this run at the start or at the end of each prompt, so that no cache knows it from earlier runs; each pass over the dataset has its own. Made prompts become others, of the same length.',
  },
  prompt: {
    // Windows keeps the prompt of its shell in a variable of this name, possibly with colours in front.
    ignored: /\$P\$G$/i,
    type: textOrFile,
    defaultText: 'the dataset',
    example: ['What is a load test?'],
    help: 'One prompt for every request; replaces the dataset.',
  },
  queryTemplate: {
    type: jsonObject(true),
    example: ['@template.json'],
    help: 'A request body to start from; messages (or prompt) are replaced by those of the prompt.',
  },
  maxPromptLength: {
    type: integer(0),
    default: 131_072,
    example: ['4096'],
    help: 'Leaves out longer prompts: tokens where the dataset is prepared, else characters.',
  },
  minPromptLength: {
    type: integer(0),
    default: 0,
    example: ['16'],
    help: 'Leaves out shorter prompts.',
  },
  maxTokens: {
    group: 'Generation',
    type: mostOfRange,
    default: 2048,
    example: ['512'],
    help: 'Most output tokens of one answer; always sent. Two numbers: of each prompt another, evenly between them.',
  },
  maxTokensField: {
    type: text('the name of a field: letters, digits and _', /^[A-Za-z_]\w{0,63}$/),
    default: 'max_tokens',
    example: ['max_completion_tokens'],
    help: 'Field of the body for max-tokens, for services that want another one.',
  },
  minTokens: {
    type: integer(0),
    example: ['16'],
    help: 'Fewest output tokens of one answer.',
  },
  ignoreEos: {
    type: onOff,
    help: 'Answers go on to max-tokens (ignore_eos in the body), on servers that know it: vLLM, SGLang.',
  },
  temperature: {
    type: decimal({ low: 0 }),
    example: ['0.7'],
    help: 'Sampling temperature.',
  },
  topP: {
    type: decimal({ low: 0, high: 1 }),
    example: ['0.9'],
    help: 'Nucleus sampling.',
  },
  topK: {
    type: integer(-1),
    example: ['40'],
    help: 'Samples among this many tokens; -1 turns it off on servers that know it.',
  },
  frequencyPenalty: {
    type: decimal({ low: -2, high: 2 }),
    example: ['0.5'],
    help: 'Penalty on repeated tokens, by how often they came.',
  },
  repetitionPenalty: {
    type: decimal({ low: 0, above: true }),
    example: ['1.05'],
    help: 'Factor against repetition, 1 for none.',
  },
  seed: {
    type: integer(Number.MIN_SAFE_INTEGER),
    default: 42,
    example: ['42'],
    help: 'Sent with each request, and the seed of everything random here.',
  },
  stop: {
    type: textList,
    example: ['###', 'END'],
    envExample: '["###","END"]',
    help: 'Texts that end an answer.',
  },
  stopTokenIds: {
    type: integerList,
    example: ['151643', '151645'],
    envExample: '151643,151645',
    help: 'Token ids that end an answer.',
  },
  logprobs: {
    type: onOff,
    help: 'Asks for log probabilities.',
  },
  nChoices: {
    type: integer(1),
    example: ['2'],
    help: 'Answers per request (n in the body).',
  },
  extraArgs: {
    type: jsonObject(false),
    default: {},
    example: ['{"ignore_eos":true}'],
    help: 'Merged into the request body last; null takes a field away.',
  },
  stream: {
    type: onOff,
    default: true,
    help: 'Streams the answers. Without it there is no TTFT.',
  },
  streamOptions: {
    type: onOff,
    default: true,
    help: 'Asks for usage with "stream_options"; off for servers that refuse it. Tokens are then counted by chunks.',
  },
  connectTimeoutS: {
    group: 'Timeouts',
    flag: 'connect-timeout',
    type: duration(null),
    default: 120,
    example: ['10'],
    help: "Longest wait for a connection: in the connection test, and for every stream of the Node engine. None takes more than 30 s, k6's own limit.",
  },
  readTimeoutS: {
    flag: 'read-timeout',
    type: duration(null),
    default: 600,
    example: ['60'],
    help: 'Longest silence in a stream, from the start of the request. k6 notices it at the next event only.',
  },
  totalTimeoutS: {
    flag: 'total-timeout',
    type: duration(null),
    default: SHORTEST_TOTAL_TIMEOUT_S,
    defaultText: '10 minutes, or 100 ms for each of max-tokens where that is more',
    example: ['10m'],
    help: 'Longest time for one request as a whole, from before it connects to its last byte.',
  },
  tokenizer: {
    group: 'Measuring',
    aliases: ['tokenizer-path'],
    argsKey: 'tokenizer_path',
    type: text('o200k_base, cl100k_base or the path of a tokenizer.json'),
    example: ['o200k_base'],
    help: 'Counts tokens in the report where the server sends no usage.',
  },
  ttftRule: {
    type: choice(TTFT_RULES),
    default: 'first-output',
    example: ['first-chunk'],
    help: "The event that ends TTFT: first-chunk is that of evalscope's quick start, content the first visible answer text.",
  },
  percentileRule: {
    type: percentileRule,
    default: 'quick-start',
    example: ['linear'],
    help: "quick-start: sorted[int(N*p/100)]; nearest-rank: evalscope 1.14's; linear: k6's and numpy's.",
  },
  thresholds: {
    type: text('the name of a profile or the path of a JSON file'),
    defaultText: 'none',
    example: ['interactive-chat'],
    help: "A profile (interactive-chat, batch, smoke) or a file in k6's syntax; exit code 99 when one is crossed.",
  },
  gates: {
    env: 'GATES',
    flag: 'gate',
    argsKey: 'gates',
    repeatable: true,
    type: gateLines,
    default: [],
    example: ['p99(ttft)<500'],
    help: 'A condition that the report judges on the records, such as goodput(ttft<500, tpot<50)>=0.95; may be given several times; exit code 99 when one is crossed.',
  },
  requireValid: {
    type: onOff,
    default: false,
    help: 'Ends with exit code 99 when the measurement is INVALID, or NOT JUDGED since it was too short.',
  },
  slice: {
    type: duration(null),
    defaultText: 'no table; 10 s in gates such as worst_slice_p99(ttft)<800',
    example: ['10s'],
    help: 'Shows the run in slices of this length, by the starts of requests.',
  },
  enablePdMetrics: {
    type: onOff,
    default: false,
    help: "Adds what a hand-over from prefill to decode takes to evalscope's files, in its keys.",
  },
  priceInput: {
    type: decimal({ low: 0 }),
    example: ['0.5'],
    help: 'What a million input tokens cost, in any currency; the report then tells the cost.',
  },
  priceOutput: {
    type: decimal({ low: 0 }),
    example: ['1.5'],
    help: 'What a million output tokens cost.',
  },
  priceHour: {
    type: decimal({ low: 0 }),
    example: ['3.2'],
    help: 'What the service costs for an hour, such as the rent of its GPUs.',
  },
  requireCold: {
    type: onOff,
    default: false,
    help: "Ends with exit code 99 when the server's prefix cache held 1 % of the prompt tokens or more, or does not say.",
  },
  name: {
    group: 'Results',
    // Not NAME: some shells export that.
    env: 'RUN_NAME',
    type: text('a folder name, without / and \\', /^(?!\.{0,2}$)[^/\\]+$/),
    default: '',
    defaultText: 'the last part of model; of several, a+b',
    example: ['baseline'],
    help: 'Names the folder of the results.',
  },
  runId: {
    type: text('1 to 100 letters, digits and . _ : / + = -', /^[\w.:/+=-]{1,100}$/),
    defaultText: 'made at random',
    example: ['nightly-17'],
    help: 'Names the run in its samples: give all instances of a distributed run the same.',
  },
  outputsDir: {
    type: text('the path of a folder'),
    default: 'outputs',
    example: ['outputs'],
    help: 'Folder for the results.',
  },
  noTimestamp: {
    type: onOff,
    default: false,
    help: 'Leaves the folder with date and time out of the path of the results.',
  },
  saveText: {
    type: onOff,
    default: false,
    help: 'Keeps the text of prompts and answers in the records.',
  },
  junit: {
    type: text('the path of a file'),
    defaultText: 'junit.xml in the folder of the results',
    example: ['junit.xml'],
    help: 'File for the thresholds and gates as JUnit XML.',
  },
  tables: {
    type: choice(['main', 'all', 'none']),
    default: null,
    defaultText: 'main on a terminal, all in files and pipes',
    example: ['all'],
    help: "Tables to print: the quick start's two and those that flags ask for, all, or none. The last five lines are always there.",
  },
  quiet: {
    type: onOff,
    default: false,
    help: 'No progress and no notes on the set-up; warnings and results stay.',
  },
  records: {
    // It was on or off before.
    type: choice(
      ['auto', 'console', 'samples', 'off'],
      [
        ...['on', 'true', 'yes', '1'].map((word) => [word, 'auto'] as const),
        ...['false', 'no', '0'].map((word) => [word, 'off'] as const),
      ],
    ),
    default: 'auto',
    example: ['samples'],
    help: "Where the records go: into k6's console, into its samples, or nowhere; auto is the console where it is a file.",
  },
  logEveryNQuery: {
    type: integer(0),
    default: 100,
    example: ['10'],
    help: 'Logs one request in this many, with its latency, TTFT and tokens; 0 for none. The live line of a terminal replaces the default.',
  },
  debug: {
    // Not DEBUG: many Node programs read that.
    env: 'LLM_DEBUG',
    type: onOff,
    default: false,
    help: 'Says more about each request.',
  },
  noTestConnection: {
    group: 'Running',
    type: onOff,
    default: false,
    help: 'Leaves out the request that tests the connection first.',
  },
  waitForModelS: {
    flag: 'wait-for-model',
    type: duration(null),
    defaultText: 'one try',
    example: ['5m'],
    help: 'Tries the connection for this long, until the service answers: while it starts, or loads its model.',
  },
  engine: {
    type: choice(['auto', 'k6', 'node']),
    default: 'auto',
    example: ['node'],
    help: 'auto takes k6 where it is installed and knows k6/x/sse, else the built-in engine.',
  },
} as const satisfies Readonly<Record<string, FlagRow>>;

/** A model, and how often it is asked beside the others. */
export interface WeightedModel {
  readonly name: string;
  readonly weight: number;
}

/**
 * What a run is to do, checked and with defaults filled in, by the names of the table. null means "not given": the field is
 * left out of the request, or the stage's own default holds.
 */
export interface RunConfig extends ValuesOf<Table> {
  /** Every endpoint, of which `url` is the first. */
  readonly urls: readonly string[];
  /** Every model, of which `model` is the first. */
  readonly models: readonly WeightedModel[];
  /** Names of what the user set, as opposed to defaults. */
  readonly given: ReadonlySet<string>;
  /** The lower of two numbers of `max-tokens`, whose value is the higher one; null with one. */
  readonly fewestMaxTokens: number | null;
}

type Table = typeof TABLE & typeof DATASET_TABLES;

export type ConfigKey = keyof Table;

/**
 * Every setting of a run, in the order of help and documents. A bundle has those of all scripts, and takes the tables of its
 * dataset from that (`parametersOf`).
 */
export const PARAMETERS: readonly Parameter<ConfigKey>[] = completeRows<ConfigKey>({ ...TABLE, ...DATASET_TABLES });

/** The settings that the script of a dataset reads; outside of scripts they are all in one. */
export function parametersOf({ parameters = [] }: { readonly parameters?: readonly Parameter[] }): typeof PARAMETERS {
  return ARE_OF_ALL ? PARAMETERS : [...PARAMETERS, ...(parameters as typeof PARAMETERS)];
}
