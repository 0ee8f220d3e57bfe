import { createParser } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import { exampleContext } from '../../tests/fixtures/example-context.ts';
import { readRecordedBody } from '../../tests/support/recorded-stream.ts';
import { anthropic } from '../api/anthropic.ts';
import type { Api } from '../api/api.ts';
import { openaiChat } from '../api/openai-chat.ts';
import { openaiResponses } from '../api/openai-responses.ts';
import { createRandom } from '../shared/random.ts';
import { toEventTexts } from '../stream/event-texts.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import { createEventRecorder } from '../stream/record-events.ts';
import { splitEvents } from '../stream/split-events.ts';
import { buildRecord } from './build-record.ts';

const STREAMS: readonly (readonly [name: string, api: Api])[] = [
  ['llama-chat-stream-usage.txt', openaiChat],
  ['llama-anthropic-messages-stream.txt', anthropic],
  ['handmade-anthropic-thinking-tools.txt', anthropic],
  ['handmade-anthropic-overloaded.txt', anthropic],
  ['llama-responses-stream.txt', openaiResponses],
  ['handmade-responses-reasoning-tools.txt', openaiResponses],
  ['handmade-responses-failed.txt', openaiResponses],
];

/** The record of a stream whose events come 10 ms apart, but for its times where all of it comes at once. */
function recordOf(api: Api, seen: Pick<ReceivedAnswer, 'data' | 'done'>) {
  const times = Array.from({ length: seen.data.length }, (_, i) => 10 + 10 * i);
  const rest = { status: 200, headers: {}, error: '', text: '', times, firstByteMs: null, endMs: 9000 };
  return buildRecord({ ...rest, ...seen }, exampleContext({ api, keepText: 'always' }));
}

function ofWhole(name: string, api: Api) {
  const { data, names, done } = splitEvents(readRecordedBody(name), api.endOf);
  return recordOf(api, { data: toEventTexts(data, names), done });
}

/** As an engine hands a stream over: event by event, in whatever pieces it came. */
function ofPieces(name: string, api: Api, pieceLength: () => number) {
  const clock = { currentTestRunDuration: 0 };
  const recorder = createEventRecorder(clock, 1000, () => undefined, true, api);
  const parser = createParser({ onEvent: ({ data, event = '' }) => recorder.onEvent({ data, name: event }) });
  const body = readRecordedBody(name);
  for (let at = 0; at < body.length; ) {
    const to = at + pieceLength();
    parser.feed(body.slice(at, to));
    at = to;
  }
  const { data, done } = recorder.finish();
  return recordOf(api, { data, done });
}

describe.each(STREAMS)('%s', (name, api) => {
  const whole = ofWhole(name, api);

  it('reads the same whole as one character at a time', () => {
    expect(ofPieces(name, api, () => 1)).toEqual(whole);
  });

  it('reads the same cut at random points', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = createRandom(seed);
      expect(ofPieces(name, api, () => random.integer(1, 200))).toEqual(whole);
    }
  });

  it('is cut where its last event is missing, however good the rest', () => {
    const { data, names } = splitEvents(readRecordedBody(name), () => null);
    const isMark = api.endOf(data.at(-1) as string, '') === 'mark';
    const left = data.slice(0, isMark ? -1 : data.length - 1);
    const { outcome, failure } = recordOf(api, { data: toEventTexts(left, names), done: false });
    // A chat is complete with its finish reason; a response has its own in the last event.
    if (api === openaiChat) expect(outcome).toBe('completed');
    else expect(failure?.detail).toMatch(new RegExp(`^the stream ended before ${api.endWords}`));
  });
});
