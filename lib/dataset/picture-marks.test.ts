import { describe, expect, it } from 'vitest';
import { fillPictures, markPicture } from './picture-marks.ts';

describe('marks of pictures', () => {
  const fill = (body: unknown) => JSON.parse(fillPictures(JSON.stringify(body), (key) => `DATA${key}`)) as unknown;

  it('are filled where they are the whole of a text, or its end behind a comma', () => {
    const url = `data:image/png;base64,${markPicture(12)}`;
    expect(fill({ a: url, b: markPicture(0), c: [markPicture(3), url] })).toEqual({
      a: 'data:image/png;base64,DATA12',
      b: 'DATA0',
      c: ['DATA3', 'data:image/png;base64,DATA12'],
    });
  });

  it('leave every other text as it is', () => {
    const texts = [
      '',
      'x',
      '~picture:1~ and more',
      'see ~picture:1~',
      '~picture:~',
      '~picture:a~',
      '~picture:',
      'a,~picture:1~ ',
    ];
    expect(fill(texts)).toEqual(texts);
  });
});
