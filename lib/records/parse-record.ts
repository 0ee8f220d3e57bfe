import { type RequestRecord, TIMES } from '../measure/request-record.ts';
import { FAILURE_KINDS, TOKEN_SOURCES, TTFT_RULES } from '../shared/failure-kinds.ts';
import { isObject } from '../shared/json.ts';
import { parseRecordJson } from './parse-record-json.ts';

/** Why a text is not a record, in a few words. */
export interface RecordProblem {
  readonly problem: string;
}

type Check = (value: unknown) => boolean;
type Json = Record<string, unknown>;

const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
/** What services count with has 32 bits, and no run goes on for three years. */
const MOST_TOKENS = 2 ** 31 - 1;
const LONGEST_MS = 1e11;
const isTokens: Check = (value) => isCount(value) && (value as number) <= MOST_TOKENS;
const isTime: Check = (value) => isNumber(value) && Math.abs(value as number) <= LONGEST_MS;
const isText: Check = (value) => typeof value === 'string';
const isBoolean: Check = (value) => typeof value === 'boolean';
const isNumbers: Check = (value) => Array.isArray(value) && value.every(isNumber);

function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

function orAbsent(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function oneOf(...values: readonly string[]): Check {
  return (value) => typeof value === 'string' && values.includes(value);
}

function isConversation(value: unknown): boolean {
  return isObject(value) && isText(value['id']) && isCount(value['turn']) && orNull(isCount)(value['turns']);
}

/** Fields that version 1 does not have, and that a record may lack: null then. */
const ADDED = [
  'run_id',
  'segment',
  'last_output_ms',
  'reasoning_chunks',
  'queued_ms',
  'connect_ms',
  'retry_after_s',
  'api',
  'dataset_index',
  'nonce',
  'prepared_tokens',
] as const satisfies readonly (keyof RequestRecord)[];

/** One entry per field of the record, so that a new field without a check is a compile error. */
const CHECKS = {
  v: (value) => value === 2,
  index: isCount,
  run_id: orNull(isText),
  segment: orNull(isText),
  scenario: isText,
  started_at: isText,
  start_ms: isTime,
  end_ms: isTime,
  outcome: oneOf('completed', 'failed', 'cancelled'),
  failure: orNull(isObject),
  status: orNull(isCount),
  stream: isBoolean,
  ttft_ms: orNull(isNumber),
  ttft_rule: oneOf(...TTFT_RULES, 'first-byte'),
  first_event_ms: orNull(isNumber),
  first_choices_ms: orNull(isNumber),
  first_output_ms: orNull(isNumber),
  first_content_ms: orNull(isNumber),
  last_output_ms: orNull(isNumber),
  latency_ms: orNull(isNumber),
  chunk_gaps_ms: isNumbers,
  chunks: orNull(isCount),
  reasoning_chunks: orNull(isCount),
  tpot_ms: orNull(isNumber),
  input_tokens: orNull(isTokens),
  output_tokens: orNull(isTokens),
  cached_tokens: orNull(isTokens),
  prepared_tokens: orNull(isTokens),
  image_tokens: orAbsent(isTokens),
  token_source: orNull(oneOf(...TOKEN_SOURCES)),
  finish_reason: orNull(isText),
  scheduled_ms: orNull(isTime),
  late_ms: orNull(isTime),
  queued_ms: orNull(isTime),
  connect_ms: orNull(isTime),
  retry_after_s: orNull(isNumber),
  conversation: orNull(isConversation),
  model: isText,
  api: orNull(isText),
  url: orAbsent(isText),
  inputs: orAbsent(isCount),
  dataset_index: orNull(isCount),
  nonce: orNull(isText),
  vu: orAbsent(isCount),
  client_lag_ms: orAbsent(isTime),
  clock_steps: orAbsent(isCount),
  choices: orAbsent(isCount),
  notes: orAbsent((value) => Array.isArray(value) && value.every(isText)),
  warmup: orAbsent((value) => value === true),
  probe: orAbsent((value) => value === true),
  stage: orAbsent(isCount),
  prompt: orAbsent(isText),
  response: orAbsent(isText),
} as const satisfies Record<keyof RequestRecord, Check>;

const FIELDS = Object.entries(CHECKS) as readonly (readonly [keyof typeof CHECKS, Check])[];
/** All fields that may be null. */
const NULLS = FIELDS.filter(([, check]) => check(null)).map(([field]) => field);
const isFailureKind = oneOf(...FAILURE_KINDS);

/** Times are written to the microsecond, each rounded for itself. */
const ROUNDING_MS = 0.002;

/** Makes a record of version 1 one of version 2, in place: a copy takes as long as all the rest of reading. */
function fillIn(record: Json, nulls: readonly string[]): void {
  record['v'] = 2;
  for (const field of nulls) record[field] ??= null;
  const conversation = record['conversation'];
  if (isObject(conversation)) record['conversation'] = { turns: null, ...conversation };
}

/** A value as a short piece of JSON, which also makes control characters visible. */
function show(value: unknown): string {
  const json = value === undefined ? 'nothing' : JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}

/**
 * Times that no clock gives: before the run or the request began, or longer than the request took. A record within which
 * the clock was set may hold any, and is in no statistics of times.
 */
function findWrongTime(record: Json): string | null {
  if ((record['clock_steps'] as number | undefined) ?? 0) return null;
  const at = (field: string): number | null => record[field] as number | null;
  const took = (at('end_ms') as number) - (at('start_ms') as number);
  if ((at('start_ms') as number) < 0 || took < 0) return '"start_ms" and "end_ms" are not a span of the run';
  for (const field of ['tpot_ms', 'queued_ms', 'connect_ms', 'retry_after_s'] as const) {
    if ((at(field) ?? 0) < 0) return `"${field}" is negative`;
  }
  if ((at('tpot_ms') ?? 0) > took + ROUNDING_MS) return '"tpot_ms" is longer than the request';
  const gaps = record['chunk_gaps_ms'] as readonly number[];
  if (gaps.some((gap) => gap < 0 || gap > took + ROUNDING_MS)) {
    return '"chunk_gaps_ms" holds a gap that is negative, or longer than the request';
  }
  // The TTFT of a transport without events is of another clock.
  for (const field of TIMES) {
    const value = at(field) ?? 0;
    const isOfOtherClock = field === 'ttft_ms' && record['ttft_rule'] === 'first-byte';
    if (value < 0) return `"${field}" is negative`;
    if (value > took + ROUNDING_MS && !isOfOtherClock) return `"${field}" is longer than the request`;
  }
  return null;
}

/** What contradicts itself although every field has the right type; null when nothing does. */
function findContradiction(record: Json): string | null {
  const failure = record['failure'];
  if ((record['outcome'] !== 'failed') !== (failure === null)) return '"failure" contradicts "outcome"';
  if (Number.isNaN(Date.parse(record['started_at'] as string))) return '"started_at" is not a date';
  if (!isObject(failure)) return findWrongTime(record);
  const ok = isText(failure['kind']) && orNull(isCount)(failure['status']) && isText(failure['detail']);
  return ok ? findWrongTime(record) : 'field "failure" needs a kind, a status and a detail';
}

/** A failure of a kind that a newer version names is a failure all the same. */
function nameUnknownKind(record: Json): void {
  const failure = record['failure'];
  if (!isObject(failure) || isFailureKind(failure['kind'])) return;
  record['failure'] = { ...failure, kind: 'unknown', detail: `${failure['kind']}: ${failure['detail']}`.slice(0, 500) };
}

/**
 * Reads a record that was written as JSON, now or as version 1: what that version did not have is null.
 *
 * Fields it does not know are kept and ignored, so that a new field is not a new version.
 * @param text one line of JSON
 * @returns the record, or what is wrong with the text: not JSON, another version, a field of a wrong type, an unknown kind
 */
export function parseRecord(text: string): RequestRecord | RecordProblem {
  return readRecord(text, ADDED);
}

/** The same for the content of a line of ours, which leaves out what is null. */
export function parseRecordLine(text: string): RequestRecord | RecordProblem {
  return readRecord(text, NULLS);
}

function readRecord(text: string, nulls: readonly string[]): RequestRecord | RecordProblem {
  const parsed = parseRecordJson(text);
  if (parsed === undefined) return { problem: 'the record is not JSON' };
  if (!isObject(parsed)) return { problem: 'the record is not a JSON object' };
  const value: Json = parsed;
  const version = value['v'];
  if (version !== 1 && version !== 2) {
    const isNewer = typeof version === 'number' && version > 2;
    return {
      problem: `record version ${show(version)} is ${isNewer ? 'of a newer k6-llm-perf' : 'unknown'}; this one reads versions 1 and 2`,
    };
  }
  fillIn(value, nulls);
  for (const [field, check] of FIELDS) {
    if (!check(value[field])) return { problem: `field "${field}" cannot be ${show(value[field])}` };
  }
  const contradiction = findContradiction(value);
  if (contradiction !== null) return { problem: contradiction };
  nameUnknownKind(value);
  return value as unknown as RequestRecord;
}
