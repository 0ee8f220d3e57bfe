/** What a run writes into its results folder, a line for each request: what every report is made from. */
export const RECORDS_FILE = 'records.jsonl';
/** The same as k6's `--out json` has it. */
export const SAMPLES_FILE = 'samples.json';

/** What repeated runs came to, above their folders. */
export const RUNS_FILE = 'runs.json';

/** What the servers' pages of metrics said meanwhile, a line a look. */
export const SERVER_FILE = 'server_metrics.jsonl';

/** The prompts of a run that the command line made for it. */
export const PROMPTS_FILE = 'prompts.jsonl';

/** What holds the requests of a run in a results folder: the first that is there. */
export const RUN_FILES = [RECORDS_FILE, `${RECORDS_FILE}.gz`, SAMPLES_FILE, `${SAMPLES_FILE}.gz`] as const;

/** Lines that are records, and k6's `--out json`: of one run, or of one of its instances. */
export const RECORDS_NAME = /^records.*\.jsonl?(?:\.gz)?$/;
export const SAMPLES_NAME = /^samples.*\.json(?:\.gz)?$/;
