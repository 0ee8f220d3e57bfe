import type { RequestRecord } from '../measure/request-record.ts';
import { FAILURE_KINDS, TOKEN_SOURCES, TTFT_RULES } from '../shared/failure-kinds.ts';

/** Why a text is no record, in a few words. */
export interface RecordProblem {
  readonly problem: string;
}

type Check = (value: unknown) => boolean;
type Json = Readonly<Record<string, unknown>>;

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

/** One entry per field of the record, so that a new field without a check is a compile error. */
const CHECKS = {
  v: (value) => value === 1,
  index: isCount,
  scenario: isText,
  started_at: isText,
  start_ms: isNumber,
  end_ms: isNumber,
  outcome: oneOf('completed', 'failed'),
  failure: orNull(isObject),
  status: orNull(isCount),
  stream: isBoolean,
  ttft_ms: orNull(isNumber),
  ttft_rule: oneOf(...TTFT_RULES, 'first-byte'),
  first_event_ms: orNull(isNumber),
  first_choices_ms: orNull(isNumber),
  first_output_ms: orNull(isNumber),
  first_content_ms: orNull(isNumber),
  latency_ms: orNull(isNumber),
  chunk_gaps_ms: isNumbers,
  chunks: orNull(isCount),
  tpot_ms: orNull(isNumber),
  input_tokens: orNull(isCount),
  output_tokens: orNull(isCount),
  cached_tokens: orNull(isCount),
  token_source: orNull(oneOf(...TOKEN_SOURCES)),
  finish_reason: orNull(isText),
  scheduled_ms: orNull(isNumber),
  late_ms: orNull(isNumber),
  conversation: orNull((value) => isObject(value) && isText(value['id']) && isCount(value['turn'])),
  model: isText,
  client_lag_ms: orAbsent(isNumber),
  clock_steps: orAbsent(isCount),
  warmup: orAbsent((value) => value === true),
  prompt: orAbsent(isText),
  response: orAbsent(isText),
} as const satisfies Record<keyof RequestRecord, Check>;

const FIELDS = Object.entries(CHECKS) as readonly (readonly [string, Check])[];
const isFailureKind = oneOf(...FAILURE_KINDS);

/** A value as a short piece of JSON, which also makes control characters visible. */
function show(value: unknown): string {
  const json = value === undefined ? 'nothing' : JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}

/** What contradicts itself although every field has the right type; null when nothing does. */
function findContradiction(record: Json): string | null {
  const failure = record['failure'];
  if ((record['outcome'] === 'completed') !== (failure === null)) return '"failure" contradicts "outcome"';
  if (!isObject(failure)) return null;
  if (!isFailureKind(failure['kind'])) return `failure kind ${show(failure['kind'])} is unknown`;
  const ok = orNull(isCount)(failure['status']) && isText(failure['detail']);
  return ok ? null : 'field "failure" needs a status and a detail';
}

/**
 * Reads what `formatRecord` wrote.
 *
 * Fields it does not know are kept and ignored, so that an optional field is no new version.
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
  if (value['v'] !== 1) return { problem: `record version ${show(value['v'])} is unknown; version 1 is` };
  for (const [field, check] of FIELDS) {
    if (!check(value[field])) return { problem: `field "${field}" cannot be ${show(value[field])}` };
  }
  const contradiction = findContradiction(value);
  return contradiction === null ? (value as unknown as RequestRecord) : { problem: contradiction };
}
