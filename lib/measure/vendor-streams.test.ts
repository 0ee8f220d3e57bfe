import { describe, expect, it } from 'vitest';
import { exampleContext } from '../../tests/fixtures/example-context.ts';
import { readRecordedBody } from '../../tests/support/recorded-stream.ts';
import type { Api } from '../api/api.ts';
import { findApi } from '../api/apis.ts';
import { createEventRecorder } from '../stream/record-events.ts';
import { buildRecord } from './build-record.ts';

const api = (name: string): Api => findApi({ api: name, url: '' });

/** The record of a stream whose events come 10 ms apart, the first at 10, by the handlers that k6/x/sse calls. */
function recordOf(name: string, of: Api, endMs = 5000) {
  const clock = { currentTestRunDuration: 0 };
  const recorder = createEventRecorder(clock, 60_000, () => {}, true, of);
  for (const line of readRecordedBody(name).split('\n')) {
    if (line.trim() === '') continue;
    clock.currentTestRunDuration += 10;
    if (of.isLines === true) recorder.onError(`unknown event: ${line}\n`, recorder.onEvent);
    else recorder.onEvent({ name: '', data: line.replace(/^data: ?/, '').trim() });
  }
  const seen = { ...recorder.finish(), status: 200, headers: {}, firstByteMs: null, endMs };
  return buildRecord(seen, exampleContext({ api: of, keepText: 'always' }));
}

describe('Ollama', () => {
  it('has thinking, text and a call in lines of JSON, and counts in the last', () => {
    expect(recordOf('handmade-ollama-thinking-tools.txt', api('ollama'))).toMatchObject({
      outcome: 'completed',
      ttft_ms: 10,
      first_content_ms: 30,
      last_output_ms: 50,
      latency_ms: 60,
      chunks: 5,
      reasoning_chunks: 2,
      input_tokens: 26,
      output_tokens: 17,
      finish_reason: 'stop',
      response: 'Let me see "Zürich".It says "done":true.weather{"city":"Zürich"}',
    });
  });

  it('fails where a line is an error, and is cut where the last line is missing', () => {
    expect(recordOf('handmade-ollama-error.txt', api('ollama')).failure).toMatchObject({
      kind: 'api-error',
      detail: 'an error was encountered while running the model: unexpected EOF',
    });
    const cut = { ...api('ollama'), endOf: () => null };
    expect(recordOf('handmade-ollama-thinking-tools.txt', cut).outcome).toBe('completed');
  });
});

describe('TGI', () => {
  it('has a token an event; the one of the end is not output', () => {
    expect(recordOf('handmade-tgi.txt', api('tgi'))).toMatchObject({
      outcome: 'completed',
      ttft_ms: 10,
      last_output_ms: 30,
      latency_ms: 40,
      chunks: 3,
      input_tokens: 9,
      output_tokens: 4,
      finish_reason: 'eos_token',
      response: ' A test.',
    });
  });

  it('fails where an event is an error', () => {
    expect(recordOf('handmade-tgi-error.txt', api('tgi')).failure).toMatchObject({ kind: 'api-error' });
  });
});

describe('Gemini', () => {
  it('has thoughts, text and a call; thoughts are counted among the output', () => {
    expect(recordOf('handmade-gemini-thinking-tools.txt', api('gemini'))).toMatchObject({
      outcome: 'completed',
      ttft_ms: 10,
      first_content_ms: 20,
      latency_ms: 40,
      chunks: 4,
      reasoning_chunks: 1,
      input_tokens: 11,
      cached_tokens: 3,
      // 12 of the candidate and 4 thoughts.
      output_tokens: 16,
      finish_reason: 'STOP',
      response: 'Let me look.It is sunny in "Zürich".weather{"city":"Zürich"}',
    });
  });

  it('fails where the prompt was blocked, with the reason', () => {
    const { kind, problem } = api('gemini').readWhole('{"promptFeedback":{"blockReason":"SAFETY"}}');
    expect([kind, problem]).toEqual(['error', expect.stringContaining('SAFETY')]);
  });
});
