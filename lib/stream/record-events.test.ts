import { describe, expect, it } from 'vitest';
import type { Api } from '../api/api.ts';
import { openaiChat } from '../api/openai-chat.ts';
import { toEventTexts } from './event-texts.ts';
import { createEventRecorder, type EventRecorder } from './record-events.ts';

const CHUNK = '{"choices":[]}';

/** What was kept, the events one by one. */
function finish(recorder: EventRecorder) {
  const { data, ...rest } = recorder.finish();
  return {
    ...rest,
    data: data.parts.flatMap((part) => (part.kind === 'raw' ? part.block.filter((_, i) => i % 2 === 0) : [])),
  };
}

/** A recorder of a stream whose events come at the given times; the read timeout is 100 ms, the start is 1000. */
function record(events: readonly (readonly [time: number, data: string])[], api: Api = openaiChat) {
  let time = 1000;
  let closed = 0;
  const recorder = createEventRecorder(
    {
      get currentTestRunDuration() {
        return time;
      },
    },
    100,
    () => {
      closed += 1;
    },
    true,
    api,
  );
  for (const [at, data] of events) {
    time = at;
    recorder.onEvent({ data, name: '' });
  }
  return { ...finish(recorder), closed, recorder };
}

describe('createEventRecorder', () => {
  it('keeps events with their times, in order, short ones too', () => {
    const { times, data, done, error, closed } = record([
      [1010, CHUNK],
      [1011, '{}'],
      [1012.5, `${CHUNK} `],
    ]);
    expect({ times, data, done, error, closed }).toEqual({
      times: [1010, 1011, 1012.5],
      data: [CHUNK, '{}', `${CHUNK} `],
      done: false,
      error: '',
      closed: 0,
    });
  });

  it('asks each event whether it is the end where one may begin as the others', () => {
    const ends = (data: string) => (data.includes('"end":true') ? 'last' : null);
    const { times, done, closed } = record(
      [
        [1010, '{"ask":1}'],
        [1011, '{"ask":2}'],
        [1012, '{"ask":3,"end":true}'],
        [1013, '{"ask":4}'],
      ],
      { ...openaiChat, endsAnywhere: true, endOf: ends },
    );
    expect({ times, done, closed }).toEqual({ times: [1010, 1011, 1012], done: true, closed: 1 });
  });

  it.each([31, 32, 33, 64, 100])('keeps %i events in blocks, and nothing behind the end', (count) => {
    const events = Array.from({ length: count }, (_, i) => [1000 + i, `{"i":${i}}`] as const);
    const { data, times, done, recorder } = record([...events, [1100, '[DONE]'], [1101, CHUNK]]);
    expect({ times, data, done }).toEqual({
      times: events.map(([time]) => time),
      data: events.map(([, text]) => text),
      done: true,
    });
    expect(recorder.finish().data).toEqual(toEventTexts(data));
  });

  it.each([` ${CHUNK}`, `\n${CHUNK}`, 'no JSON', 'zzz', '[1]', '[DONE]x'])(
    'keeps %j, which is no end and no ping',
    (text) => {
      expect(record([[1010, text]])).toMatchObject({ data: [text], times: [1010], done: false });
    },
  );

  it.each(['[DONE]', ' [DONE]', '[DONE]\r'])('closes at %j and keeps nothing that follows', (end) => {
    const { data, times, done, closed } = record([
      [1010, CHUNK],
      [1020, end],
      [1021, CHUNK],
      [1022, '[DONE]'],
      [1500, CHUNK],
    ]);
    expect({ data, times, done, closed }).toEqual({ data: [CHUNK], times: [1010], done: true, closed: 1 });
  });

  it('leaves pings out, and counts them as a sign of life', () => {
    const { data, error } = record([
      [1090, ''],
      [1180, ''],
      [1270, CHUNK],
      [1360, ''],
      [1450, CHUNK],
    ]);
    expect({ data, error }).toEqual({ data: [CHUNK, CHUNK], error: '' });
  });

  it.each([
    ['before the first event', [[1101, CHUNK]], 101, 0],
    [
      'between chunks',
      [
        [1090, CHUNK],
        [1180, CHUNK],
        [1281, CHUNK],
      ],
      101,
      2,
    ],
    [
      'after a ping',
      [
        [1090, CHUNK],
        [1095, ''],
        [1196, CHUNK],
      ],
      101,
      1,
    ],
    [
      'before the end',
      [
        [1090, CHUNK],
        [1191, '[DONE]'],
      ],
      101,
      1,
    ],
  ] as const)('ends a stream that is silent for longer than the limit %s', (_, events, silence, kept) => {
    const { error, data, done, closed } = record(events);
    expect({ error, done, closed }).toEqual({
      error: `read timeout: no event for ${silence} ms`,
      done: false,
      closed: 1,
    });
    expect(data).toHaveLength(kept);
  });

  it('takes a silence of just the limit', () => {
    expect(
      record([
        [1100, CHUNK],
        [1200, CHUNK],
        [1300, CHUNK],
      ]).error,
    ).toBe('');
  });

  it('collects lines that are not SSE without ending the stream, and ends it at any other error, once', () => {
    const { recorder } = record([[1010, CHUNK]]);
    recorder.onError('unknown event: {"error":\n', recorder.onEvent);
    recorder.onError('unknown event: "x"}\n', recorder.onEvent);
    expect(finish(recorder)).toMatchObject({ text: '{"error":\n"x"}\n', error: '' });
    recorder.onError('unexpected EOF', recorder.onEvent);
    recorder.onError('use of closed network connection', recorder.onEvent);
    recorder.onEvent({ data: CHUNK, name: '' });
    expect(finish(recorder)).toMatchObject({ error: 'unexpected EOF', data: [CHUNK] });
  });
});
