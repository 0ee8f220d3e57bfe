/**
 * What is in a prompt in place of a picture's base64, so that a prompt is short wherever it is kept, and read: only the body of a
 * request has the picture itself.
 */
export function markPicture(key: number): string {
  return `~picture:${key}~`;
}

/** A body as it is sent. Base64 needs no escapes in JSON, so that the texts are put together as they are. */
export function fillPictures(body: string, pictureOf: (key: number) => string): string {
  return body
    .split(/(?<=[",])~picture:(\d+)~(?=")/)
    .map((piece, place) => (place % 2 === 1 ? pictureOf(Number(piece)) : piece))
    .join('');
}
