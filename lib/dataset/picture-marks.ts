import { PICTURE_KINDS } from './picture-kinds.ts';

const START = '~picture:';
const END = '~';

/**
 * What is in a prompt in place of a picture's base64, so that a prompt is short wherever it is kept and read: only the body of a
 * request has the picture itself.
 */
export function markPicture(key: number): string {
  return `${START}${key}${END}`;
}

/**
 * A body as it is sent. Base64 needs no escapes in JSON, so that the texts are put together as they are. A mark ends a text of the
 * body, and is the whole of it or after a comma.
 */
export function fillPictures(body: string, pictureOf: (key: number) => string): string {
  const [first = '', ...pieces] = body.split(START);
  const texts = [first];
  for (const piece of pieces) {
    const end = piece.indexOf(`${END}"`);
    const key = piece.slice(0, end);
    if (/^\d{1,9}$/.test(key) && /[",]/.test(texts.at(-1)?.at(-1) ?? ''))
      texts.push(pictureOf(Number(key)), piece.slice(end + 1));
    else texts.push(START + piece);
  }
  return texts.join('');
}

/** A picture in base64, by what its kind begins with, so that no key is taken for one. */
const findPictures = (): RegExp =>
  new RegExp(`(?:${PICTURE_KINDS.map(([, , base64]) => base64).join('|')})[\\w+/]{190,}=*`, 'g');

/** A server's text with `… (12 kB)` in place of each picture that it echoes; where the text ends within one, at least so many. */
export function shortenPictures(text: string): string {
  return text.replace(findPictures(), (picture, at: number) => {
    const size = (picture.length * 3) / 4000;
    return at + picture.length < text.length ? `… (${Math.ceil(size)} kB)` : `… (over ${Math.floor(size)} kB)`;
  });
}
