import { describe, expect, it } from 'vitest';
import { fillPictures, markPicture, shortenPictures } from './picture-marks.ts';

describe('marks of pictures', () => {
  const fill = (body: unknown) => JSON.parse(fillPictures(JSON.stringify(body), (key) => `DATA${key}`)) as unknown;

  it('are filled where they are the whole of a text, or its end after a comma', () => {
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

describe('pictures that a server echoes', () => {
  // 12,000 bytes are 16,000 characters.
  const png = `iVBORw0KGgo${'A'.repeat(15_987)}==`;

  it.each([
    [
      `{"error":"bad","input":"data:image/png;base64,${png}","hint":"smaller"}`,
      '{"error":"bad","input":"data:image/png;base64,… (12 kB)","hint":"smaller"}',
    ],
    [`{"data":"${png}"} {"data":"/9j/${'b'.repeat(196)}"}`, '{"data":"… (12 kB)"} {"data":"… (1 kB)"}'],
    // The rest of it was not read.
    [`no: ${png}`, 'no: … (over 12 kB)'],
    [`"iVBORw0KGgo${'A'.repeat(180)}"`, `"iVBORw0KGgo${'A'.repeat(180)}"`],
    [`${'x'.repeat(500)} ${'k'.repeat(300)}`, `${'x'.repeat(500)} ${'k'.repeat(300)}`],
    ['', ''],
  ])('are shortened: case %#', (text, shown) => {
    expect(shortenPictures(text)).toBe(shown);
  });
});
