import type { JsonObject } from '../shared/json.ts';
import { type AnswerPlan, textOf } from './answer-plan.ts';
import type { AnswerRequest } from './answer-request.ts';
import { API_SHAPES } from './api-shapes.ts';
import { jsonReply, redirectReply } from './reply.ts';
import { SERVICE_ERRORS } from './service-errors.ts';
import {
  between,
  breakAfter,
  delayFrom,
  everyChunk,
  finishAs,
  finishesWith,
  inDelta,
  lastFirst,
  mapChoices,
  moveText,
  moveUsage,
  named,
  opensWith,
  redirect,
  refuses,
  type Shape,
  silentAfter,
  usageAs,
  without,
} from './shape-parts.ts';
import type { StreamEvent } from './step.ts';

/** Reasoning in the first third of an answer of twelve tokens. */
const THINKS = { reasoningTokens: 4 } as const;

/** Where usage is in the event of the finish reason, for the rows that move it from there. */
const ON_FINISH = { finishWithUsage: true } as const;

const PING = { type: 'ping' } as const;

const DONE = { data: '[DONE]' } as const;

const BROKEN = { code: 500, message: 'Compute error', type: 'server_error' } as const;

const NO_TOKENS = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } as const;

/**
 * Every way of answering that real services have and that the other knobs do not make: a row for each.
 * `--shape NAME`, the header `x-mock-shape: NAME`, or `[[shape:NAME]]` in a prompt choose one.
 */
const TABLE = {
  // Usage in other places.
  'usage-in-choice': {
    does: 'usage is in the choice of the finish reason (Kimi)',
    knobs: ON_FINISH,
    chunk: moveUsage((usage, rest) => mapChoices(rest, (choice) => ({ ...choice, usage }))),
  },
  'usage-x-groq': {
    does: 'usage is in `x_groq` beside the finish reason (Groq)',
    knobs: ON_FINISH,
    chunk: usageAs((usage) => ({ x_groq: { id: 'req_1', usage } })),
  },
  'usage-llama-timings': {
    does: "llama.cpp's `timings` beside the finish reason, and no usage",
    knobs: ON_FINISH,
    chunk: usageAs((usage) => ({
      timings: {
        cache_n: 0,
        prompt_n: usage['prompt_tokens'],
        prompt_ms: 42,
        predicted_n: usage['completion_tokens'],
        predicted_ms: 110,
      },
    })),
  },
  'usage-input-output': {
    does: 'usage counts `input_tokens` and `output_tokens`',
    chunk: usageAs((usage) => ({
      usage: { input_tokens: usage['prompt_tokens'], output_tokens: usage['completion_tokens'] },
    })),
  },
  'usage-in-delta': {
    does: 'usage is in the delta of the finish reason',
    knobs: ON_FINISH,
    chunk: moveUsage((usage, rest) =>
      mapChoices(rest, ({ delta, message, ...choice }) =>
        message === undefined
          ? { ...choice, delta: { usage } }
          : { ...choice, message: { ...(message as JsonObject), usage } },
      ),
    ),
  },
  'usage-metadata': {
    does: 'usage as `usageMetadata` (Google)',
    chunk: usageAs((usage) => ({
      usageMetadata: {
        promptTokenCount: usage['prompt_tokens'],
        candidatesTokenCount: usage['completion_tokens'],
        totalTokenCount: usage['total_tokens'],
      },
    })),
  },
  'usage-total': {
    does: 'usage has `prompt_tokens` and `total_tokens`',
    chunk: usageAs(({ completion_tokens: _, ...usage }) => ({ usage })),
  },
  // Usage at other times.
  'usage-every-chunk': {
    does: 'usage so far in every chunk, and all of it at the end',
    knobs: { usage: 'every-chunk' },
  },
  'usage-null-chunks': {
    does: '`"usage": null` in every chunk, and the usage at the end (OpenAI)',
    chunk: (json) => ({ usage: null, ...json }),
  },
  'usage-on-finish': { does: 'usage beside the finish reason, and no event of its own', knobs: ON_FINISH },
  'usage-first-zero': {
    does: 'usage with 0 output tokens in the first event, the true one beside the finish reason',
    knobs: ON_FINISH,
    steps: opensWith((plan) => ({
      choices: [],
      usage: {
        prompt_tokens: plan.request.promptTokens,
        completion_tokens: 0,
        total_tokens: plan.request.promptTokens,
      },
    })),
  },
  'usage-first-partial': {
    does: 'usage with `prompt_tokens` alone in the first event, the true one beside the finish reason',
    knobs: ON_FINISH,
    steps: opensWith((plan) => ({ choices: [], usage: { prompt_tokens: plan.request.promptTokens } })),
  },
  'usage-then-zero': {
    does: 'the true usage beside the finish reason, and zeros in an event after it',
    knobs: ON_FINISH,
    steps: delayFrom('done', 0, { choices: [], usage: NO_TOKENS }),
  },
  'usage-after-done': { does: 'usage after [DONE]', steps: lastFirst('done', 'usage') },
  'usage-late': { does: 'usage 500 ms after the last token', steps: delayFrom('usage', 500) },
  // Usage that says too little, or what cannot be.
  'usage-zero': { does: 'usage says 0 beside text', chunk: usageAs(() => ({ usage: NO_TOKENS })) },
  'usage-partial': { does: 'usage has `prompt_tokens` alone', knobs: { usage: 'partial' } },
  'usage-huge': {
    does: 'usage says 1e300 output tokens',
    chunk: usageAs((usage) => ({
      usage: { prompt_tokens: usage['prompt_tokens'], completion_tokens: 1e300, total_tokens: 1e300 },
    })),
  },
  'usage-negative': { does: 'usage says -1 everywhere', knobs: { usage: 'negative' } },
  'usage-strings': { does: 'usage has its numbers as strings', knobs: { usage: 'string' } },
  'usage-none': { does: 'no usage, although it was asked for', knobs: { usage: 'off' } },
  'usage-deepseek': {
    does: 'cached tokens as `prompt_cache_hit_tokens` (DeepSeek)',
    chunk: usageAs((usage) => ({
      usage: {
        ...usage,
        prompt_cache_hit_tokens: 3,
        prompt_cache_miss_tokens: Number(usage['prompt_tokens']) - 3,
      },
    })),
  },
  // Output in other fields.
  'reasoning-content': { does: 'reasoning in `reasoning_content`', knobs: THINKS },
  reasoning: { does: 'reasoning in `reasoning`', knobs: { ...THINKS, reasoningKey: 'reasoning' } },
  'reasoning-details-text': {
    does: 'reasoning in `reasoning_details` with `text` (OpenRouter)',
    knobs: THINKS,
    chunk: moveText('reasoning_content', (text) => ({ reasoning_details: [{ type: 'reasoning.text', text }] })),
  },
  'reasoning-details-summary': {
    does: 'reasoning in `reasoning_details` with `summary` (OpenRouter)',
    knobs: THINKS,
    chunk: moveText('reasoning_content', (summary) => ({
      reasoning_details: [{ type: 'reasoning.summary', summary }],
    })),
  },
  'thinking-parts': {
    does: 'reasoning in parts of `content` with `thinking` (Mistral)',
    knobs: THINKS,
    chunk: moveText('reasoning_content', (text) => ({
      content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }],
    })),
  },
  'thinking-blocks': {
    does: 'reasoning in `thinking_blocks` (LiteLLM)',
    knobs: THINKS,
    chunk: moveText('reasoning_content', (thinking) => ({ thinking_blocks: [{ type: 'thinking', thinking }] })),
  },
  'unknown-field': {
    does: 'reasoning in a field that nobody knows',
    knobs: THINKS,
    chunk: moveText('reasoning_content', (text) => ({ cogitation: text })),
  },
  'content-parts': {
    does: '`content` as a list of text parts',
    chunk: moveText('content', (text) => ({ content: [{ type: 'text', text }] })),
  },
  refusal: { does: 'the answer in `refusal`', chunk: moveText('content', (text) => ({ refusal: text })) },
  audio: {
    does: 'the answer as `audio` data',
    chunk: moveText('content', () => ({ audio: { id: 'audio_1', data: 'UklGRiQAAABXQVZF' } })),
  },
  images: {
    does: 'the answer as `images`',
    chunk: moveText('content', () => ({
      images: [{ type: 'image_url', index: 0, image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }],
    })),
  },
  'tool-calls': { does: 'the answer as arguments of a tool call', knobs: { toolCalls: true } },
  'custom-tool-call': {
    does: 'the answer as input of a custom tool call',
    chunk: moveText('content', (input) => ({ tool_calls: [{ index: 0, type: 'custom', custom: { input } }] })),
  },
  'function-call': {
    does: 'the answer as `function_call`',
    chunk: moveText('content', (text) => ({ function_call: { arguments: text } })),
  },
  'message-in-chunk': {
    does: 'each chunk has a `message` in the place of its `delta`',
    chunk: (json) =>
      mapChoices(json, (choice) => {
        const { delta, ...rest } = choice;
        return delta === undefined ? choice : { ...rest, message: delta };
      }),
  },
  'message-at-end': {
    does: 'the whole `message` once more beside the finish reason',
    chunk: (json, { kind }, plan) =>
      kind === 'finish'
        ? mapChoices(json, (choice) => ({ ...choice, message: { role: 'assistant', content: wholeText(plan) } }))
        : json,
  },
  'token-ids': {
    does: '`prompt_token_ids` in the first chunk and `token_ids` in every choice (vLLM)',
    chunk: (json, { kind, tokens }, { request }) => ({
      ...mapChoices(json, (choice) => ({ ...choice, token_ids: Array(tokens).fill(42) })),
      ...(kind === 'role' ? { prompt_token_ids: Array(request.promptTokens).fill(7) } : {}),
    }),
  },
  'n-2': { does: 'two choices, their chunks in turn', choices: 2 },
  'n-2-per-choice': {
    does: 'two choices, each with a usage of its own (llama.cpp)',
    choices: 2,
    knobs: { usage: 'per-choice' },
  },
  // Chunks without a choice.
  'choices-empty': { does: 'chunks with `choices: []` between the tokens', steps: between({ choices: [] }) },
  'choices-null': { does: 'chunks with `choices: null` between the tokens', steps: between({ choices: null }) },
  'content-null': {
    does: 'chunks with `"content": null` between the tokens',
    steps: between({ choices: [{ index: 0, delta: { content: null }, finish_reason: null }] }),
  },
  'delta-null': {
    does: '`"delta": null` beside the finish reason',
    chunk: (json, { kind }) => (kind === 'finish' ? mapChoices(json, (choice) => ({ ...choice, delta: null })) : json),
  },
  'filter-first': {
    does: 'a first event with filter results and `choices: []` (Azure)',
    steps: opensWith(() => ({
      choices: [],
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: { hate: { filtered: false } } }],
    })),
  },
  'filter-late': {
    does: 'a filter result in a choice without delta, 500 ms after the last token (Azure)',
    steps: delayFrom('done', 500, {
      choices: [
        { index: 0, finish_reason: null, content_filter_offsets: { check_offset: 0 }, content_filter_results: {} },
      ],
    }),
  },
  // Nothing to read.
  'role-only': {
    does: 'role chunks, a finish reason and [DONE], no output',
    knobs: { repeatRole: 3, outputTokens: 0 },
    steps: without(({ tokens }) => tokens > 0),
  },
  'done-only': { does: '[DONE] and nothing else', steps: without(({ kind }) => kind !== 'done') },
  'nothing-at-all': { does: 'an empty stream', steps: without(() => true) },
  // Finish reasons.
  'finish-empty': {
    does: '`"finish_reason": ""` in every chunk before the last',
    chunk: finishAs((usual) => usual ?? ''),
  },
  'finish-empty-cut': {
    does: '`"finish_reason": ""` in every chunk, closed after 5 tokens',
    knobs: { cutAt: 5 },
    chunk: finishAs((usual) => usual ?? ''),
  },
  'finish-null-text': {
    does: '`"finish_reason": "null"` in every chunk before the last',
    chunk: finishAs((usual) => usual ?? 'null'),
  },
  'finish-none': { does: '[DONE] without a finish reason', steps: without(({ kind }) => kind === 'finish') },
  'finish-error': finishesWith('error', 'the finish reason `error` after 5 tokens', 5),
  'finish-abort': finishesWith('abort', 'the finish reason `abort` after 5 tokens', 5),
  'finish-eos': finishesWith('eos', 'the finish reason `eos`'),
  'finish-filter': finishesWith('content_filter', 'the finish reason `content_filter` after 5 tokens', 5),
  'finish-resources': finishesWith(
    'insufficient_system_resource',
    'the finish reason `insufficient_system_resource` after 5 tokens (DeepSeek)',
    5,
  ),
  'finish-unknown': finishesWith('model_got_tired', 'a finish reason that nobody knows'),
  'finish-number': finishesWith(1, 'a finish reason that is a number'),
  'no-done': { does: 'a finish reason and no [DONE]', knobs: { noDone: true } },
  'done-blank': { does: 'blanks after [DONE]', frame: (text) => text.replace('[DONE]', '[DONE]  ') },
  'done-event': {
    does: '`event: done` with `{}` in the place of [DONE]',
    steps: function* (steps) {
      for (const step of steps) {
        if ('end' in step || step.kind !== 'done') yield step;
        else yield { ...step, kind: 'other', data: '{}', name: 'done' };
      }
    },
  },
  'done-twice': { does: '[DONE] twice, and data after it', knobs: { doneTwice: true, dataAfterDone: true } },
  // Broken off.
  cut: { does: 'closed in good order after 5 tokens', knobs: { cutAt: 5 } },
  truncated: { does: 'closed inside the chunked body after 5 tokens', knobs: { truncateAt: 5 } },
  reset: { does: 'the connection reset after 5 tokens', knobs: { resetAt: 5 } },
  'reset-arrival': { does: 'the connection reset before the headers', knobs: { resetAt: 'arrival' } },
  malformed: { does: 'JSON that breaks off in the third token', knobs: { malformedAt: 3 } },
  // Errors as events; those of ten services follow below.
  'event-error': {
    does: '`event: error` without an `error` key after 4 tokens, then [DONE]',
    steps: breakAfter(4, { name: 'error', data: { code: 500, message: 'Engine core initialization failed' } }, DONE),
  },
  'event-error-text': {
    does: '`event: error` with a bare text after 4 tokens',
    steps: breakAfter(4, { name: 'error', data: 'upstream request timeout' }),
  },
  'event-exception': {
    does: '`event: exception` with a message after 4 tokens, then [DONE]',
    steps: breakAfter(4, { name: 'exception', data: { message: 'Request was throttled by the gateway' } }, DONE),
  },
  'text-event': {
    does: 'a bare text as event after 4 tokens',
    steps: breakAfter(4, { data: 'Internal Server Error' }),
  },
  'error-in-choice': {
    does: 'an error beside the finish reason `error` after 4 tokens (OpenRouter)',
    steps: breakAfter(
      4,
      {
        data: {
          error: { code: 502, message: 'Provider disconnected' },
          choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
        },
      },
      DONE,
    ),
  },
  'error-line': {
    does: 'an error as a bare line of JSON after 4 tokens, no `data:` before it',
    steps: breakAfter(4, { data: `${JSON.stringify({ error: BROKEN })}\n\n`, raw: true }),
  },
  'error-field': {
    does: 'an error after `error:` in the place of `data:` after 4 tokens (llama.cpp)',
    steps: breakAfter(4, { data: `error: ${JSON.stringify(BROKEN)}\n\n`, raw: true }),
  },
  'stray-event': {
    does: 'an event that is not a chunk after 4 tokens, then the end without [DONE]',
    steps: breakAfter(4, { data: { status: 'worker 3 is shutting down' } }),
  },
  // Empty errors in good answers.
  'error-empty-text': { does: '`"error": ""` in every chunk', chunk: everyChunk({ error: '' }) },
  'error-empty-object': { does: '`"error": {}` in every chunk', chunk: everyChunk({ error: {} }) },
  'error-null': { does: '`"error": null` in every chunk', chunk: everyChunk({ error: null }) },
  'code-zero': {
    does: '`"code": 0` and `"msg": "success"` in every chunk',
    chunk: everyChunk({ code: 0, msg: 'success', detail: null, error_message: '', errors: [] }),
  },
  // Keep-alives.
  'ping-json': { does: '`{"type":"ping"}` between the tokens', steps: between(PING) },
  'ping-json-late': { does: '`{"type":"ping"}` 500 ms after the last token', steps: delayFrom('done', 500, PING) },
  'ping-json-early': { does: '`{"type":"ping"}` with the headers', steps: opensWith(() => PING) },
  'ping-event': { does: '`event: ping` with JSON between the tokens', steps: between(PING, 'ping') },
  'ping-empty': { does: '`{}` between the tokens', steps: between({}) },
  'ping-text': { does: '`data: keep-alive` between the tokens', steps: between('keep-alive') },
  'ping-null': { does: '`data: null` between the tokens', steps: between('null') },
  'ping-comment': {
    does: 'comments between the tokens',
    knobs: { pingBeforeFirst: 2, pingEveryMs: 7, pingStyle: 'comment' },
  },
  'ping-empty-data': {
    does: 'data lines without data between the tokens',
    knobs: { pingBeforeFirst: 2, pingEveryMs: 7, pingStyle: 'empty-data' },
  },
  // Silence, until the client goes.
  'silent-arrival': { does: 'silent before the headers', reply: () => ({ raw: '', end: 'silent', fault: 'silent' }) },
  'silent-start': { silent: true, does: 'silent after the headers', steps: silentAfter(0) },
  'silent-middle': { silent: true, does: 'silent after 4 tokens', steps: silentAfter(4) },
  'silent-unfinished': {
    silent: true,
    does: 'silent after the last token: no finish reason, no [DONE]',
    knobs: { outputTokens: 12 },
    steps: silentAfter(12),
  },
  'silent-finished': {
    silent: true,
    does: 'silent after the finish reason, without [DONE]',
    knobs: ON_FINISH,
    steps: silentAfter('finish'),
  },
  'silent-done': { silent: true, does: 'silent after [DONE]', steps: silentAfter('done') },
  // Status and headers of good answers.
  'status-201': { does: 'status 201 with a good answer', status: 201 },
  'status-202': { does: 'status 202 with a good answer', status: 202 },
  'status-206': { does: 'status 206 with a good answer', status: 206 },
  'status-204': { does: 'status 204 without a body', reply: () => ({ status: 204, fault: 'refused' }) },
  'type-plain': { does: 'a good stream as `text/plain`', headers: () => ({ 'content-type': 'text/plain' }) },
  'type-json': { does: 'a good stream as `application/json`', headers: () => ({ 'content-type': 'application/json' }) },
  'headers-25k': { does: '25 kB of response headers', headers: () => ({ 'x-padding': 'x'.repeat(25_000) }) },
  'headers-900k': {
    does: '900 kB of response headers',
    headers: () => Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`x-padding-${i}`, 'x'.repeat(60_000)])),
  },
  'early-hints': {
    does: 'status 103 before the answer',
    reply: ({ response }) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
      return null;
    },
  },
  // Bytes.
  'gzip-forced': { does: 'gzip, whatever the request accepts', knobs: { gzip: 'forced' } },
  'deflate-forced': { does: 'deflate, whatever the request accepts', encoding: 'deflate' },
  'brotli-forced': { does: 'brotli, whatever the request accepts', encoding: 'br' },
  bom: {
    does: 'a byte order mark before the first event',
    frame: (text, isFirst) => (isFirst ? `\ufeff${text}` : text),
  },
  'cr-only': { does: 'lines that end in CR alone', frame: (text) => text.replaceAll('\n', '\r') },
  crlf: { does: 'lines that end in CR LF', knobs: { crlf: true } },
  'no-space': { does: 'no blank after `data:`', frame: (text) => text.replaceAll('data: ', 'data:') },
  'no-final-newline': { does: 'no line feed after the last event', knobs: { noFinalNewline: 'on' } },
  'event-message': { does: '`event: message` and `id:` lines', knobs: { eventLines: true } },
  'event-default': { does: '`event: default` lines (Portkey)', steps: named('default') },
  'event-named': { does: '`event: completion.chunk` lines', steps: named('completion.chunk') },
  'retry-lines': { does: '`retry:` lines', frame: (text) => `retry: 3000\n${text}` },
  'multi-line': { does: 'JSON over two data lines', knobs: { multiLineData: true } },
  'split-characters': { does: 'writes that end inside a character', knobs: { split: true } },
  coalesced: { does: 'three events in one write', knobs: { coalesce: 3 } },
  'huge-chunk': {
    does: 'a last token of 9 million characters',
    chunk: inDelta((delta, event, plan) =>
      event.tokens > 0 && isLastToken(event, plan) && 'content' in delta
        ? { ...delta, content: 'x'.repeat(9_000_000) }
        : delta,
    ),
  },
  // No stream.
  'json-answer': { does: 'a whole answer as JSON in the place of a stream', knobs: { jsonInsteadOfStream: true } },
  'html-answer': { does: 'status 200 with a page', knobs: { html200: true } },
  // Elsewhere.
  'redirect-301': { does: 'status 301 to another path of the server', reply: redirect(301) },
  'redirect-307': { does: 'status 307 to another path of the server', reply: redirect(307) },
  'redirect-308': { does: 'status 308 to another path of the server', reply: redirect(308) },
  'redirect-host': {
    does: 'status 307 to another name of the host',
    reply: redirect(307, (host) => `http://${otherName(host)}`),
  },
  'redirect-loop': {
    does: 'status 307 to the same address for ever',
    reply: ({ url }) => redirectReply(307, url.pathname),
  },
  'switching-protocols': {
    does: 'status 101, and then silence',
    reply: () => ({
      raw: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      end: 'silent',
      fault: 'raw',
    }),
  },
  'not-http': {
    does: 'an answer that is not HTTP',
    reply: () => ({ raw: 'SSH-2.0-OpenSSH_9.7\r\n', end: 'truncate', fault: 'raw' }),
  },
  // What the service does not take.
  'refuses-stream-options': {
    does: '`stream_options` is refused with 422 (Mistral)',
    reply: (_, { body }) => {
      const input = body['stream_options'];
      const place = { type: 'extra_forbidden', loc: ['body', 'stream_options'] };
      const detail = [{ ...place, msg: 'Extra inputs are not permitted', input }];
      return input === undefined ? null : jsonReply(422, JSON.stringify({ detail }));
    },
  },
  'refuses-max-tokens': {
    does: '`max_tokens` is refused with 400: `max_completion_tokens` is wanted (OpenAI)',
    reply: refuses(
      ({ body }) => body['max_tokens'] !== undefined,
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    ),
  },
  'refuses-min-tokens': {
    does: '`min_tokens` above `max_tokens` is refused with 400 (vLLM)',
    reply: refuses(
      ({ minTokens, maxTokens }) => maxTokens !== null && minTokens > maxTokens,
      ({ minTokens, maxTokens }) =>
        `min_tokens must be less than or equal to max_tokens=${maxTokens}, got ${minTokens}.`,
    ),
  },
  'refuses-unknown': {
    does: 'fields that are not in the API of OpenAI are refused with 400',
    reply: refuses(
      (request) => unknownField(request) !== undefined,
      (request) => `Unrecognized request argument supplied: ${unknownField(request)}`,
    ),
  },
  'stream-only': {
    does: 'a request without streaming is refused with 400 (DashScope)',
    reply: refuses(
      ({ stream }) => !stream,
      'This model only support stream mode, please enable the stream parameter to access the model.',
      null,
      'invalid_parameter_error',
    ),
  },
  'no-stream': {
    does: 'a request with streaming is refused with 400',
    reply: refuses(({ stream }) => stream, 'Streaming is not supported for this model.', 'stream', 'unsupported_value'),
  },
  'status-400-line': {
    does: 'status 400 whose body ends in a line feed',
    reply: ({ api }) => jsonReply(400, `${api.error(400, { message: 'The prompt is too long' })}\n`),
  },
  // The key of the request, said back.
  'key-in-finish': {
    does: 'the key as finish reason',
    chunk: finishAs((usual, { request }) => (usual === null ? null : request.key)),
  },
  'key-in-text': {
    does: 'the key in every token',
    chunk: inDelta((delta, _, { request }) => (delta['content'] ? { ...delta, content: `${request.key} ` } : delta)),
  },
  'key-in-header': {
    does: 'the key in a response header',
    headers: ({ request }) => ({ 'x-request-key': request.key }),
  },
  'key-in-error': {
    does: 'the key in an error event, once as it is and once in base64',
    chunk: (_, __, { request: { key } }) => ({
      error: { message: `no credit left on ${key} (${Buffer.from(key).toString('base64')})` },
    }),
  },
} as const satisfies Readonly<Record<string, Shape>>;

/** Errors in the words of services: after some tokens, in the place of the first, and as the body of a refusal. */
const SERVICE_TABLE: Readonly<Record<string, Shape>> = Object.fromEntries(
  SERVICE_ERRORS.flatMap(({ name, title, status, body }): [string, Shape][] => [
    [
      `error-${name}`,
      { does: `${title} after 4 tokens, then [DONE]`, whole: body, steps: breakAfter(4, { data: body }, DONE) },
    ],
    [
      `error-${name}-first`,
      { does: `${title} in the place of the first token`, whole: body, steps: breakAfter(0, { data: body }) },
    ],
    [
      `refused-${name}`,
      { does: `${title} as the body of status ${status}`, reply: () => jsonReply(status, JSON.stringify(body)) },
    ],
  ]),
);

/** The table, by name. */
export const SHAPES: Readonly<Record<string, Shape>> = { ...TABLE, ...SERVICE_TABLE, ...API_SHAPES };

/** With an even pace: the last token is due when all gaps have gone by. */
function isLastToken({ due }: StreamEvent, { ttft, options, choiceTokens }: AnswerPlan): boolean {
  return due >= ttft + options.tpotMs * (Math.max(...choiceTokens) - 1);
}

function wholeText(plan: AnswerPlan): string {
  return textOf(plan, 0, 0, plan.choiceTokens[0] as number);
}

function unknownField({ api, body }: AnswerRequest): string | undefined {
  const known = [...api.promptFields, ...api.limitFields, ...api.otherFields];
  return Object.keys(body).find((key) => !known.includes(key));
}

/** `localhost` for an address and the other way round: the same server, and to a client another origin. */
function otherName(host: string): string {
  return host.startsWith('localhost') ? host.replace('localhost', '127.0.0.1') : host.replace(/^[^:]+/, 'localhost');
}
