import { describe, expect, it } from 'vitest';
import { APIS } from './apis/apis.ts';
import { countPictureTokens } from './picture-tokens.ts';

/** The first bytes of a PNG of 100 by 57 pixels: 4 by 3 squares of 28. */
const PNG = Buffer.from('89504e470d0a1a0a0000000d494844520000006400000039', 'hex').toString('base64');

describe('tokens of pictures, as the mock counts them', () => {
  it.each([
    ['/v1/chat/completions', { content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }] }],
    ['/v1/responses', { content: [{ type: 'input_image', image_url: `data:image/png;base64,${PNG}` }] }],
    ['/v1/messages', { content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }] }],
    ['/api/chat', { content: 'x', images: [PNG] }],
    ['/v1beta/models/mock-llm:generateContent', { parts: [{ inlineData: { mimeType: 'image/png', data: PNG } }] }],
  ])('are those of the squares of a PNG in %s', (path, message) => {
    const api = APIS.find((known) => known.path === path)!;
    expect(countPictureTokens([undefined, [message, message]], api)).toBe(2 * 4 * 3);
  });

  it('are 256 for another kind and for an address, and what is not a picture is refused', () => {
    const [chat] = APIS;
    const of = (url: string) => countPictureTokens([[{ content: [{ type: 'image_url', image_url: { url } }] }]], chat!);
    expect([of('data:image/jpeg;base64,/9j/AAAA'), of('https://h/a.png')]).toEqual([256, 256]);
    expect(() => of('cat.png')).toThrow('neither an address nor one');
    expect(() => of('data:image/png;base64,~picture:0~')).toThrow('neither an address nor one');
  });
});
