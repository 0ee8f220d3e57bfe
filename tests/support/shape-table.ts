import { SERVICE_ERRORS } from '../../lib/mock/service-errors.ts';
import { SHAPES } from '../../lib/mock/shapes.ts';
import type { FailureKind, TokenSource } from '../../lib/shared/failure-kinds.ts';
import { ERROR_WORDS } from './error-words.ts';

/** What becomes of one request. What a row does not name is as in an answer that is in order. */
export interface Expected {
  readonly outcome: 'completed' | FailureKind;
  /** Why; the words of docs/failures.md. */
  readonly why: string;
  /** What the detail of a failure holds. */
  readonly detail?: string;
  readonly ttft?: number;
  readonly tpot?: number;
  readonly latency?: number;
  readonly chunks?: number;
  readonly tokens?: number;
  readonly source?: TokenSource;
  /** null: the record says no number of input tokens. By default as many as the mock counts. */
  readonly input?: null;
  readonly cached?: number | null;
  readonly finish?: string | null;
}

/** A shape of the mock and what becomes of a request that it answers. */
export interface ShapeRow extends Expected {
  /** Where k6 cannot do what the Node engine does. */
  readonly k6?: Expected;
  /** Where `dist/http/`, which sees a body and no events, gives another outcome; in both engines. */
  readonly http?: Expected;
}

/**
 * The answer that is in order: 12 tokens, the first after 42 ms, 10 ms apart, so a TPOT of 10 ms and a latency of 152 ms.
 */
export const IN_ORDER = {
  ttft: 42,
  tpot: 10,
  latency: 152,
  chunks: 12,
  tokens: 12,
  source: 'usage',
  finish: 'stop',
} as const;

type Details = Omit<ShapeRow, 'outcome' | 'why'>;

function ok(why: string, details: Details = {}): ShapeRow {
  return { outcome: 'completed', why, ...details };
}

function fails(outcome: FailureKind, detail: string, why: string, details: Details = {}): ShapeRow {
  return { outcome, detail, why, ...details };
}

const WAS_READ = 'is read';
const IS_OUTPUT = 'is output';
const CHANGES_NOTHING = 'changes nothing';
const OTHERWISE_COUNTED = 'is not believed: tokens are counted by chunks';
const WORDS = 'the detail holds its words';

/** In the time of a run no more comes; with a finish reason, or `[DONE]`, nothing has to. */
const WAITS_FOR_BODY: Expected = {
  outcome: 'timeout',
  why: 'plain HTTP waits for the end of the body',
};

/** A row for each shape of the mock that the run of `tests/shapes.test.ts` can show. */
export const SHAPE_TABLE: Readonly<Record<string, ShapeRow>> = {
  'usage-in-choice': ok(WAS_READ),
  'usage-x-groq': ok(WAS_READ),
  'usage-llama-timings': ok('its counts are read', { cached: 0 }),
  'usage-input-output': ok(WAS_READ),
  'usage-in-delta': ok(WAS_READ),
  'usage-metadata': ok(WAS_READ),
  'usage-total': ok('output tokens are what the total has beyond the input'),
  'usage-every-chunk': ok('the last one counts'),
  'usage-null-chunks': ok('the last one counts'),
  'usage-on-finish': ok(WAS_READ),
  'usage-first-zero': ok('the last count that is not 0 counts'),
  'usage-first-partial': ok('the last count that is not 0 counts'),
  'usage-then-zero': ok('the last count that is not 0 counts'),
  'usage-after-done': ok('what follows [DONE] does not count', { source: 'chunks', input: null }),
  'usage-late': ok('TPOT ends with the last token, latency with the usage', { latency: 652 }),
  'usage-zero': ok(OTHERWISE_COUNTED, { source: 'chunks', input: null }),
  'usage-partial': ok('input tokens are read, output tokens counted by chunks', { source: 'chunks' }),
  'usage-huge': ok(OTHERWISE_COUNTED, { source: 'chunks' }),
  'usage-negative': ok(OTHERWISE_COUNTED, { source: 'chunks', input: null }),
  'usage-strings': ok(OTHERWISE_COUNTED, { source: 'chunks', input: null }),
  'usage-none': ok('tokens are counted by chunks', { source: 'chunks', input: null }),
  'usage-deepseek': ok(WAS_READ, { cached: 3 }),

  'reasoning-content': ok(IS_OUTPUT),
  reasoning: ok(IS_OUTPUT),
  'reasoning-details-text': ok(IS_OUTPUT),
  'reasoning-details-summary': ok(IS_OUTPUT),
  'thinking-parts': ok(IS_OUTPUT),
  'thinking-blocks': ok(IS_OUTPUT),
  'unknown-field': ok('is not output beside an answer in a known field; a note names the field', {
    ttft: 82,
    // From the fifth token at 82 ms to the twelfth at 152, over the eleven that usage counts after the first.
    tpot: 70 / 11,
    chunks: 8,
  }),
  'content-parts': ok(IS_OUTPUT),
  refusal: ok(IS_OUTPUT),
  audio: ok(IS_OUTPUT),
  images: ok(IS_OUTPUT),
  'tool-calls': ok('is output, the name of the tool too', { finish: 'tool_calls', chunks: 13 }),
  'custom-tool-call': ok(IS_OUTPUT),
  'function-call': ok(IS_OUTPUT),
  'message-in-chunk': ok(IS_OUTPUT),
  'message-at-end': ok('is not output a second time'),
  'token-ids': ok(CHANGES_NOTHING),
  'n-2': ok('TPOT and gaps are those of each choice', { tokens: 24, chunks: 24 }),
  'n-2-per-choice': ok('is summed; TPOT and gaps are those of each choice', { tokens: 24, chunks: 24 }),

  'choices-empty': ok(CHANGES_NOTHING),
  'choices-null': ok(CHANGES_NOTHING),
  'content-null': ok('are chunks without output'),
  'delta-null': ok(CHANGES_NOTHING),
  'filter-first': ok(CHANGES_NOTHING),
  'filter-late': ok('is a chunk without output: latency ends with it, TPOT does not', { latency: 652 }),
  'role-only': fails('empty', 'without any output', 'nothing was made'),
  'done-only': fails('empty', 'without any output', 'nothing was made'),
  'nothing-at-all': fails('cut', 'ended before [DONE]', 'nothing says that it was whole'),

  'finish-empty': ok('an empty reason is none'),
  'finish-empty-cut': fails('cut', 'ended before [DONE]', 'an empty reason is none'),
  'finish-null-text': ok('the word `null` is not a reason'),
  'finish-none': ok('[DONE] is enough', { finish: null }),
  'finish-error': fails('api-error', 'finish_reason "error"', 'the reason says so'),
  'finish-abort': fails('api-error', 'finish_reason "abort"', 'the reason says so'),
  'finish-eos': ok('is a reason', { finish: 'eos' }),
  'finish-filter': ok('is a reason', { tokens: 5, chunks: 5, latency: 82, finish: 'content_filter' }),
  'finish-resources': fails('api-error', 'insufficient_system_resource', 'the reason says so'),
  'finish-unknown': ok('is a reason; a note names it', { finish: 'model_got_tired' }),
  'finish-number': ok('is not a reason; [DONE] is enough', { finish: null }),
  'no-done': ok('a finish reason is enough'),
  'done-blank': ok(CHANGES_NOTHING),
  'done-event': ok('a finish reason is enough'),
  'done-twice': ok('what follows [DONE] does not count'),
  cut: fails('cut', 'ended before [DONE]', 'neither a finish reason nor [DONE]'),
  truncated: fails('cut', 'unexpected EOF', 'neither a finish reason nor [DONE]'),
  reset: fails('reset', 'connection reset', 'the peer broke the connection'),
  'reset-arrival': fails('reset', '', 'the peer broke the connection'),
  malformed: fails('bad-payload', 'not JSON: ', 'nobody can read it'),

  'event-error': fails('api-error', 'Engine core initialization failed', WORDS),
  'event-error-text': fails('api-error', 'upstream request timeout', WORDS),
  'event-exception': fails('api-error', 'Request was throttled by the gateway', WORDS),
  'text-event': fails('bad-payload', 'Internal Server Error', WORDS),
  'error-in-choice': fails('api-error', 'Provider disconnected', WORDS),
  'error-line': fails('api-error', 'Compute error', WORDS),
  'error-field': fails('cut', 'Compute error', 'the detail holds the line'),
  'stray-event': fails('cut', 'worker 3 is shutting down', 'the detail holds the last event that was not a chunk'),
  ...Object.fromEntries(
    SERVICE_ERRORS.flatMap(({ name, status }) => [
      [`error-${name}`, fails('api-error', ERROR_WORDS[name] as string, WORDS)],
      [`error-${name}-first`, fails('api-error', ERROR_WORDS[name] as string, WORDS)],
      [
        `refused-${name}`,
        fails([429, 529].includes(status) ? 'rate-limited' : 'http-status', `HTTP ${status}`, 'by its status'),
      ],
    ]),
  ),
  'error-empty-text': ok('an empty error is none'),
  'error-empty-object': ok('an empty error is none'),
  'error-null': ok('an empty error is none'),
  'code-zero': ok('says that all is well'),

  'ping-json': ok(CHANGES_NOTHING),
  'ping-json-late': ok(CHANGES_NOTHING),
  'ping-json-early': ok(CHANGES_NOTHING),
  'ping-event': ok(CHANGES_NOTHING),
  'ping-empty': ok(CHANGES_NOTHING),
  'ping-text': ok(CHANGES_NOTHING),
  'ping-null': ok(CHANGES_NOTHING),
  'ping-comment': ok(CHANGES_NOTHING),
  'ping-empty-data': ok(CHANGES_NOTHING),

  'silent-arrival': fails('timeout', '', 'ends at `READ_TIMEOUT` in the Node engine, at `TOTAL_TIMEOUT` in k6'),
  'silent-start': fails('timeout', '', 'ends at `READ_TIMEOUT` in the Node engine, at `TOTAL_TIMEOUT` in k6'),
  'silent-middle': fails('timeout', '', 'ends at `READ_TIMEOUT` in the Node engine, at `TOTAL_TIMEOUT` in k6'),
  'silent-unfinished': fails('timeout', '', 'neither a finish reason nor [DONE] came in time'),
  'silent-finished': ok('a finish reason is enough; the user is kept waiting until the same limits', {
    http: WAITS_FOR_BODY,
  }),
  'silent-done': ok('[DONE] ends it at once', { http: WAITS_FOR_BODY }),

  'status-201': ok('any 2xx with a good answer is good'),
  'status-202': ok('any 2xx with a good answer is good'),
  'status-206': ok('any 2xx with a good answer is good'),
  'status-204': fails('cut', 'ended before [DONE]', 'nothing says that it was whole'),
  'type-plain': ok(CHANGES_NOTHING),
  'type-json': ok(CHANGES_NOTHING),
  'headers-25k': ok(CHANGES_NOTHING),
  'headers-900k': ok(CHANGES_NOTHING),
  'early-hints': ok(CHANGES_NOTHING),

  'gzip-forced': ok('is decoded; the times are those of the decoded events', {
    k6: { outcome: 'bad-payload', detail: 'gzip', why: '`k6/x/sse` hands over the bytes as they are' },
  }),
  'deflate-forced': ok('is decoded; the times are those of the decoded events', {
    k6: { outcome: 'bad-payload', detail: '', why: '`k6/x/sse` hands over the bytes as they are' },
  }),
  'brotli-forced': ok('is decoded; the times are those of the decoded events', {
    k6: { outcome: 'bad-payload', detail: '', why: '`k6/x/sse` hands over the bytes as they are' },
  }),
  bom: ok(CHANGES_NOTHING),
  'cr-only': ok('is read', {
    k6: { outcome: 'cut', detail: '', why: '`k6/x/sse` knows no such line end' },
  }),
  crlf: ok(CHANGES_NOTHING),
  'no-space': ok(CHANGES_NOTHING),
  'no-final-newline': ok('a finish reason is enough'),
  'event-message': ok(CHANGES_NOTHING),
  'event-default': ok(CHANGES_NOTHING),
  'event-named': ok(CHANGES_NOTHING),
  'retry-lines': ok(CHANGES_NOTHING),
  'multi-line': ok(CHANGES_NOTHING),
  'split-characters': ok(CHANGES_NOTHING),
  // Role, first and second token leave together at 52 ms; usage and [DONE] with the finish reason.
  coalesced: ok('tokens of one write have one time', { ttft: 52, tpot: 100 / 11 }),
  'json-answer': fails('bad-payload', 'application/json', 'is not an event stream'),
  'html-answer': fails('bad-payload', 'text/html', 'is not an event stream'),

  'redirect-301': fails('http-status', 'HTTP 405', 'turns the POST into a GET, as every client does'),
  'redirect-307': ok('is followed'),
  'redirect-308': ok('is followed'),
  'redirect-host': fails('http-status', 'use that URL', 'is not followed: no header of the user leaves the origin', {
    k6: { outcome: 'completed', why: 'it is followed, where no connection test told of it before' },
  }),
  'redirect-loop': fails('http-status', '', 'ends after ten'),
  'not-http': fails('bad-payload', 'malformed HTTP', 'is not HTTP'),

  'refuses-stream-options': fails('http-status', 'HTTP 422', 'by its status'),
  'refuses-max-tokens': fails('http-status', 'HTTP 400', 'by its status'),
  'refuses-unknown': fails('http-status', 'HTTP 400', 'by its status'),
  'stream-only': ok('the run streams'),
  'no-stream': fails('http-status', 'HTTP 400', 'by its status; `--no-stream` is the cure'),
  'status-400-line': fails('http-status', 'The prompt is too long', WORDS),

  'key-in-finish': ok('is masked', { finish: '**********' }),
  'key-in-text': ok('is masked'),
  'key-in-header': ok('is masked'),
  'key-in-error': fails('api-error', 'no credit left on', 'is masked, in base64 too'),
};

/** The APIs that have shapes of their own: what is in order there, and a row for each. */
export interface ApiShapes {
  /** As in `--api`. */
  readonly api: string;
  readonly path: string;
  /** What differs from `IN_ORDER`. */
  readonly inOrder: Omit<Expected, 'outcome' | 'why'>;
  readonly table: Readonly<Record<string, ShapeRow>>;
}

export const API_SHAPE_TABLES: readonly ApiShapes[] = [
  {
    api: 'anthropic',
    path: '/v1/messages',
    inOrder: { finish: 'end_turn', cached: 0 },
    table: {
      'messages-overloaded': fails('api-error', 'Overloaded', WORDS),
      'messages-overloaded-first': fails('api-error', 'Overloaded', WORDS),
      'messages-529': fails('rate-limited', 'HTTP 529', 'by its status'),
      'messages-rate-limited': fails('rate-limited', 'Retry-After: 3', 'by its status'),
      'messages-stop-sequence': ok('is a reason', { tokens: 5, chunks: 5, finish: 'stop_sequence' }),
      'messages-refusal': ok('is a reason', { tokens: 5, chunks: 5, finish: 'refusal' }),
      'messages-pause': ok('is a reason', { tokens: 5, chunks: 5, finish: 'pause_turn' }),
      'messages-context': ok('is a reason', { tokens: 5, chunks: 5, finish: 'model_context_window_exceeded' }),
      'messages-thinking': ok(IS_OUTPUT),
      'messages-redacted': ok('is output, one chunk of it', { chunks: 9 }),
      'messages-tool-use': ok('is output, the name of the tool too', { chunks: 13, finish: 'tool_use' }),
      'messages-usage-whole': ok('counts once'),
      'messages-usage-late': ok('the last count that is not 0 counts'),
      'messages-done': ok(CHANGES_NOTHING),
      'messages-bare': ok('their types are enough'),
      'messages-unknown-event': ok(CHANGES_NOTHING),
    },
  },
  {
    api: 'openai-responses',
    path: '/v1/responses',
    inOrder: { finish: 'completed', cached: 0 },
    table: {
      'responses-error': fails('api-error', 'The model is overloaded', WORDS),
      'responses-error-object': fails('api-error', 'Rate limit reached', WORDS),
      'responses-failed': fails('api-error', 'The model ran into a planned fault', WORDS),
      'responses-failed-first': fails('api-error', 'The model ran into a planned fault', WORDS),
      'responses-filtered': ok('is a reason', { tokens: 5, chunks: 5, finish: 'content_filter' }),
      'responses-reasoning': ok(IS_OUTPUT),
      'responses-summary': ok(IS_OUTPUT),
      'responses-function-call': ok('is output, the name of the tool too', { chunks: 13 }),
      'responses-refusal': ok(IS_OUTPUT),
      'responses-queued': ok(CHANGES_NOTHING),
      'responses-keepalive': ok(CHANGES_NOTHING),
      'responses-at-once': ok('the whole answer at the end is output where none came before', {
        ttft: 152,
        chunks: 1,
      }),
      'responses-no-usage': ok('tokens are counted by chunks', { source: 'chunks', input: null, cached: null }),
      'responses-done': ok(CHANGES_NOTHING),
      'responses-bare': ok('their types are enough'),
    },
  },
];

/** Shapes that one run of a table cannot show, and where they are shown. */
export const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  'refuses-min-tokens': 'a run that asks for more tokens at least than at most',
  'huge-chunk': 'its work delays the others',
  'switching-protocols': 'k6 hangs on it, whatever its timeout',
};

/** Shapes that every API has, by name. */
export const SHARED_SHAPES = Object.keys(SHAPES).filter((name) => SHAPES[name]?.api === undefined);

/** The table of docs/failures.md. */
export function renderShapeTable(): string {
  const rows = Object.entries(SHAPE_TABLE).map(([name, row]) => {
    const { k6, http } = row;
    const becomes = [
      wordsOf(row),
      ...(k6 === undefined ? [] : [`in k6 ${wordsOf(k6)}`]),
      ...(http === undefined ? [] : [`in \`dist/http/\` ${wordsOf(http)}`]),
    ];
    return `| \`${name}\` | ${SHAPES[name]?.does} | ${becomes.join('; ')} |`;
  });
  return ['| Shape | The server sends | What becomes of the request |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The table of docs/failures.md with the shapes of one API alone. */
export function renderApiShapeTable(): string {
  const rows = API_SHAPE_TABLES.flatMap(({ path, table }) =>
    Object.entries(table).map(
      ([name, row]) => `| \`${name}\` | \`${path}\` | ${SHAPES[name]?.does} | ${wordsOf(row)} |`,
    ),
  );
  return [
    '| Shape | API | The server sends | What becomes of the request |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function wordsOf({ outcome, why }: Expected): string {
  return outcome === 'completed' ? `completes: ${why}` : `\`${outcome}\`: ${why}`;
}
