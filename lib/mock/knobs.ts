import {
  choice,
  chunkNumber,
  decimal,
  integer,
  type KnobGroup,
  type KnobSpec,
  nameOf,
  orOff,
  place,
  secret,
  serverOnly,
  toggle,
  words,
} from './knob-types.ts';
import { METRICS_STYLES } from './metrics-page.ts';
import { SHAPES } from './shapes.ts';
import { TOKENIZERS } from './token-counter.ts';

const SHAPE_NAMES: readonly string[] = Object.keys(SHAPES);

/**
 * Every knob of the mock, once. Names, flags (`--ttft-ms`), headers (`x-mock-ttft-ms`), defaults, the type
 * `MockOptions` and the help text all follow from this table.
 *
 * "Chunk N" counts the events that carry output (content, reasoning, tool-call arguments), from 1.
 */
const TABLE = {
  server: {
    host: serverOnly(words('127.0.0.1', 'Address to listen on.', 'ADDRESS')),
    port: serverOnly(integer(0, 'Port to listen on; 0 takes a free one.', 0, 65535, 'PORT')),
    model: serverOnly(words('mock-llm', 'The model that /v1/models names; every model is served.', 'NAME')),
    requireKey: secret(
      orOff(
        words(
          'sk-mock',
          'Answer 401 unless the request says "Authorization: Bearer KEY", or "x-api-key: KEY" to Anthropic.',
          'KEY',
        ),
      ),
    ),
    tokenizer: serverOnly(
      choice(TOKENIZERS, 'How the tokens of prompts are counted: a quarter of the characters, or with a tokenizer.'),
    ),
    keepMessages: toggle(false, 'Keep messages and prompt in the bodies that /__timings shows.'),
    metrics: serverOnly(
      choice(METRICS_STYLES, "Serve /metrics in the names of this server, with the mock's own true values."),
    ),
    maxRunning: serverOnly(orOff(integer(8, 'Work on at most COUNT requests at once; the others wait in a queue.', 1))),
    seed: integer(42, 'Seed of texts, lengths, spreads and fault draws.', 0, 4294967295, 'NUMBER'),
  },
  timing: {
    spin: serverOnly(
      toggle(
        true,
        'Keep times to a fraction of a millisecond, which keeps a CPU core busy; off: to a millisecond or two.',
      ),
    ),
    ttftMs: decimal(50, 'MS', 'Time from the arrival of a request to its first output chunk.'),
    tpotMs: decimal(10, 'MS', 'Time per output token after the first chunk.'),
    ttftSpread: decimal(0, 'RATIO', 'Standard deviation of the TTFT, relative; draws stay within 70 %.', 1),
    tpotSpread: decimal(0, 'RATIO', 'Standard deviation of each token gap, relative; draws stay within 70 %.', 1),
    prefillMsPerToken: decimal(0, 'MS', 'Added to the TTFT for each prompt token that is not cached.'),
    slowdown: decimal(0, 'FACTOR', 'With A requests in work all times grow by 1 + FACTOR x (A - 1).'),
    headersAt: choice(['arrival', 'first-token'], 'When the headers of a stream leave.'),
    pauseAtMs: serverOnly(
      orOff(decimal(10_000, 'MS', 'Pause this long after the first request; what was due comes that much later.')),
    ),
    pauseMs: serverOnly(decimal(2000, 'MS', 'Length of the pause.')),
    slowHeadersMs: decimal(0, 'MS', 'Hold every answer back, headers included, for this long after arrival.'),
  },
  output: {
    outputTokens: orOff(
      integer(
        1,
        'Tokens per choice, within min_tokens and max_tokens of the request; off draws 16 to 256. With ignore_eos max_tokens is reached.',
      ),
    ),
    tokensPerChunk: integer(1, 'Tokens in one chunk; usage holds the true count.', 1, 100_000),
    reasoningTokens: integer(0, 'The first tokens of each choice that are reasoning.'),
    reasoningKey: choice(['reasoning_content', 'reasoning'], 'The field that reasoning comes in.'),
    reasoningSummary: toggle(false, 'Reasoning of /v1/responses comes as a summary.'),
    toolCalls: toggle(false, 'The output is the arguments of a tool call.'),
    cachedTokens: orOff(integer(1, 'Prompt tokens that usage calls cached, and that cost no prefill.')),
    words: choice(['english', 'chinese'], 'Words of the text; chinese has emoji in it.'),
  },
  shape: {
    roleChunk: toggle(true, 'Start a chat stream with a chunk that holds only the role.'),
    roleAt: choice(['ttft', 'early'], 'When the role chunk leaves: with the first token, or with the headers.'),
    roleContent: choice(['empty', 'null', 'absent'], 'The content beside the role in the role chunk.'),
    repeatRole: integer(0, 'More role chunks of the same kind after the first.', 0, 1000),
    roleInDelta: toggle(false, 'Every output chunk repeats the role.'),
    emptyChunks: integer(0, 'Chunks with empty content before the first output.', 0, 1000),
    usage: choice(
      ['last', 'off', 'every-chunk', 'last-choices', 'per-choice', 'partial', 'string', 'negative', 'null'],
      'Where and how usage comes when stream_options.include_usage asks for it.',
    ),
    usageAlways: toggle(false, 'Send usage in streams that did not ask for it too.'),
    finishWithUsage: toggle(false, 'Put the closing usage into the event of the last finish reason.'),
    finishOnContent: toggle(false, 'Put the finish reason on the last output chunk.'),
    eventLines: toggle(false, 'Put an event: and an id: line before each data line.'),
    multiLineData: toggle(false, 'Spread the JSON of each event over two data lines.'),
    bigLineBytes: integer(0, 'Pad the line of the first output chunk to this many bytes.', 0, 100_000_000),
    pingEveryMs: decimal(0, 'MS', 'Send a ping every so many milliseconds; 0 sends none.'),
    pingBeforeFirst: integer(0, 'Pings before the first output, evenly spaced.', 0, 10_000),
    pingStyle: choice(['comment', 'bare', 'blank', 'empty-data', 'event'], 'What a ping looks like.'),
  },
  wire: {
    crlf: toggle(false, 'End lines with CR LF.'),
    coalesce: integer(1, 'Events in one write, sent when the last of them is due.', 1, 100_000),
    split: toggle(false, 'Write each event in two parts, cut inside a multibyte character; takes chinese words.'),
    splitMs: decimal(2, 'MS', 'Time between the two parts.'),
    tinyChunks: integer(1, 'HTTP chunks that one event is written in.', 1, 1000),
    gzip: choice(['off', 'accepted', 'forced'], 'Compress streams: when the request accepts it, or in any case.'),
    closeConnection: toggle(false, 'Say "Connection: close" and close after each answer.'),
    keepOpenAfterDoneMs: decimal(0, 'MS', 'Leave the stream open for this long after its last event.'),
  },
  gate: {
    faultRate: decimal(1, 'RATIO', 'Share of requests that get the faults below, drawn by the seed.', 1),
    failFirst: orOff(integer(1, 'Only the first COUNT requests get the faults below.')),
    failAfter: orOff(integer(1, 'Only requests after the first COUNT get the faults below.')),
    statusRate: decimal(1, 'RATIO', 'Share of requests that get --status, drawn by the seed.', 1),
  },
  fault: {
    shape: orOff(
      nameOf(
        SHAPE_NAMES,
        'Answer as a real service does, one of the shapes below; `[[shape:NAME]]` in a prompt asks for one as well.',
      ),
    ),
    status: orOff(integer(400, 'Answer with this status instead.', 400, 599, 'CODE')),
    errorBody: choice(['json', 'html', 'empty', 'none'], 'Body of error answers; none closes without a length.'),
    errorNewline: toggle(false, 'End error bodies with a newline.'),
    retryAfter: orOff(words('1', 'Retry-After header of error answers.', 'SECONDS')),
    echoKey: toggle(false, 'Show the key of the request in error messages, to test that clients mask it.'),
    resetAt: orOff(place('Reset the connection on arrival, after the headers, or after chunk CHUNK.')),
    cutAt: chunkNumber('End the stream in good order after chunk CHUNK: no finish reason, no [DONE].'),
    truncateAt: chunkNumber('Close the connection after chunk CHUNK, inside the chunked body.'),
    stallAt: chunkNumber('Send nothing for --stall-ms after chunk CHUNK.'),
    stallMs: decimal(60_000, 'MS', 'Length of the stall.'),
    malformedAt: chunkNumber('Break the JSON of chunk CHUNK off in the middle.', 1),
    errorAt: chunkNumber('Send an error object in the place of chunk CHUNK and end.', 1),
    errorDone: toggle(false, 'Send [DONE] after the error object.'),
    noDone: toggle(false, 'Leave [DONE] out.'),
    doneTwice: toggle(false, 'Send [DONE] twice.'),
    dataAfterDone: toggle(false, 'Send one more content event after [DONE].'),
    noFinalNewline: choice(
      ['off', 'on', 'line'],
      'on: no newline after the last event; line: the newline of its line, and no blank line.',
    ),
    jsonInsteadOfStream: toggle(false, 'Answer 200 application/json although a stream was asked for.'),
    html200: toggle(false, 'Answer 200 text/html.'),
    redirect: toggle(false, 'Answer 307 to the same address, once.'),
  },
} as const;

type Table = typeof TABLE;

type KnobsOf<T> = { readonly [K in keyof T]: T[K] extends KnobSpec<infer V> ? V : never };

/** All knobs with their values. */
export type MockOptions = KnobsOf<Table['server'] & Table['timing'] & Table['output'] & Table['shape']> &
  KnobsOf<Table['wire'] & Table['gate'] & Table['fault']>;

/** A row of the table with all its names. */
export interface MockKnob extends KnobSpec<unknown> {
  readonly name: keyof MockOptions;
  readonly group: KnobGroup;
  /** `--ttft-ms` */
  readonly flag: string;
  /** `x-mock-ttft-ms`, or null when no header sets it. */
  readonly header: string | null;
}

/** The table in the order of the help text. */
export const MOCK_KNOBS: readonly MockKnob[] = Object.entries(TABLE).flatMap(([group, knobs]) =>
  Object.entries(knobs as Readonly<Record<string, KnobSpec<unknown>>>).map(([name, spec]) => {
    const kebab = name.replace(/[A-Z]|\d+/g, (part) => `-${part.toLowerCase()}`);
    const names = { name: name as keyof MockOptions, group: group as KnobGroup };
    return { ...spec, ...names, flag: `--${kebab}`, header: spec.perRequest ? `x-mock-${kebab}` : null };
  }),
);

/** The options of a server that nobody turned a knob of. */
export const DEFAULT_OPTIONS = Object.fromEntries(
  MOCK_KNOBS.map((knob) => [knob.name, knob.default]),
) as unknown as MockOptions;

/** The same options without faults. */
export function withoutFaults(options: MockOptions): MockOptions {
  const faults = Object.keys(TABLE.fault) as (keyof MockOptions)[];
  return { ...options, ...Object.fromEntries(faults.map((name) => [name, DEFAULT_OPTIONS[name]])) };
}
