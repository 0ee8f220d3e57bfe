import type { RequestRecord } from '../measure/request-record.ts';
import { FAILURE_KINDS, TOKEN_SOURCES, TTFT_RULES } from '../shared/failure-kinds.ts';

/** Why a text is no record, in a few words. */
export interface RecordProblem {
  readonly problem: string;
}

type Check = (value: unknown) => boolean;
type Json = Record<string, unknown>;

const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount: Check = (value) => isNumber(value) && Number.isInteger(value) && (value as number) >= 0;
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

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
] as const satisfies readonly (keyof RequestRecord)[];

/** One entry per field of the record, so that a new field without a check is a compile error. */
const CHECKS = {
  v: (value) => value === 2,
  index: isCount,
  run_id: orNull(isText),
  segment: orNull(isText),
  scenario: isText,
  started_at: isText,
  start_ms: isNumber,
  end_ms: isNumber,
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
  input_tokens: orNull(isCount),
  output_tokens: orNull(isCount),
  cached_tokens: orNull(isCount),
  token_source: orNull(oneOf(...TOKEN_SOURCES)),
  finish_reason: orNull(isText),
  scheduled_ms: orNull(isNumber),
  late_ms: orNull(isNumber),
  queued_ms: orNull(isNumber),
  connect_ms: orNull(isNumber),
  retry_after_s: orNull(isNumber),
  conversation: orNull(isConversation),
  model: isText,
  api: orNull(isText),
  dataset_index: orNull(isCount),
  nonce: orNull(isText),
  client_lag_ms: orAbsent(isNumber),
  clock_steps: orAbsent(isCount),
  choices: orAbsent(isCount),
  notes: orAbsent((value) => Array.isArray(value) && value.every(isText)),
  warmup: orAbsent((value) => value === true),
  prompt: orAbsent(isText),
  response: orAbsent(isText),
} as const satisfies Record<keyof RequestRecord, Check>;

const FIELDS = Object.entries(CHECKS) as readonly (readonly [string, Check])[];
const isFailureKind = oneOf(...FAILURE_KINDS);

/** Makes a record of version 1 one of version 2. */
function fillIn(record: Json): void {
  record['v'] = 2;
  for (const field of ADDED) record[field] ??= null;
  const conversation = record['conversation'];
  if (isObject(conversation)) conversation['turns'] ??= null;
}

/** A value as a short piece of JSON, which also makes control characters visible. */
function show(value: unknown): string {
  const json = value === undefined ? 'nothing' : JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}

/** What contradicts itself although every field has the right type; null when nothing does. */
function findContradiction(record: Json): string | null {
  const failure = record['failure'];
  if ((record['outcome'] !== 'failed') !== (failure === null)) return '"failure" contradicts "outcome"';
  if (!isObject(failure)) return null;
  if (!isFailureKind(failure['kind'])) return `failure kind ${show(failure['kind'])} is unknown`;
  const ok = orNull(isCount)(failure['status']) && isText(failure['detail']);
  return ok ? null : 'field "failure" needs a status and a detail';
}

/**
 * Reads what `formatRecord` wrote, now or as version 1: what that version did not have is null.
 *
 * Fields it does not know are kept and ignored, so that a new field is no new version.
 * @param text one line of JSON
 * @returns the record, or what is wrong with the text: no JSON, another version, a field of a wrong type, an unknown kind
 */
export function parseRecord(text: string): RequestRecord | RecordProblem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'the record is no JSON' };
  }
  if (!isObject(value)) return { problem: 'the record is no JSON object' };
  const version = value['v'];
  if (version !== 1 && version !== 2) {
    return { problem: `record version ${show(version)} is unknown; versions 1 and 2 are` };
  }
  fillIn(value);
  for (const [field, check] of FIELDS) {
    if (!check(value[field])) return { problem: `field "${field}" cannot be ${show(value[field])}` };
  }
  const contradiction = findContradiction(value);
  return contradiction === null ? (value as unknown as RequestRecord) : { problem: contradiction };
}
