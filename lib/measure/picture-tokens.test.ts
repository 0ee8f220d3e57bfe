import { describe, expect, it } from 'vitest';
import { toEventTexts } from '../stream/event-texts.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import { readPictureTokens } from './picture-tokens.ts';

const ofStream = (...events: unknown[]) =>
  readPictureTokens({
    data: toEventTexts(events.map((event) => JSON.stringify(event))),
    text: '',
  } as unknown as ReceivedAnswer);
const ofBody = (body: unknown) =>
  readPictureTokens({ data: toEventTexts([]), text: JSON.stringify(body) } as unknown as ReceivedAnswer);

describe('tokens of pictures', () => {
  it.each([
    ['chats', { usage: { prompt_tokens: 90, prompt_tokens_details: { cached_tokens: 0, image_tokens: 64 } } }],
    ['Responses', { response: { usage: { input_tokens_details: { text_tokens: 26, image_tokens: 64 } } } }],
    [
      'Gemini',
      {
        usageMetadata: {
          promptTokensDetails: [
            { modality: 'TEXT', tokenCount: 26 },
            { modality: 'IMAGE', tokenCount: 64 },
          ],
        },
      },
    ],
  ])('are read from the usage of %s, in a stream and in a body', (_, event) => {
    const chunks = Array.from({ length: 70 }, () => ({ choices: [{ delta: { content: 'x' } }] }));
    expect(ofStream(...chunks, event)).toEqual({ image_tokens: 64 });
    expect(ofBody(event)).toEqual({ image_tokens: 64 });
  });

  it('are the last count that is not 0, and 0 only where there was nothing else', () => {
    const usage = (image_tokens: unknown) => ({ usage: { prompt_tokens_details: { image_tokens } } });
    expect(ofStream(usage(64), usage(0))).toEqual({ image_tokens: 64 });
    expect(ofStream(usage(0))).toEqual({ image_tokens: 0 });
  });

  it('are absent where usage does not tell them, and no text of the model is taken for them', () => {
    expect(ofStream({ usage: { prompt_tokens: 9, prompt_tokens_details: { cached_tokens: 8 } } })).toEqual({});
    expect(ofStream({ usage: { completion_tokens_details: { image_tokens: 5 } } })).toEqual({});
    const text = '{"prompt_tokens_details":{"image_tokens":7}}';
    expect(ofStream({ choices: [{ delta: { content: text } }] })).toEqual({});
    expect(ofStream({ usage: { prompt_tokens_details: { image_tokens: 2 ** 40 } } })).toEqual({});
  });
});
