/** The kinds of pictures that services take: what a file begins with, as Latin-1 characters, its type, and what its base64 begins with. */
export const PICTURE_KINDS: readonly (readonly [start: RegExp, type: string, base64: string])[] = [
  [/^\x89PNG\r\n/, 'image/png', 'iVBORw0KGgo'],
  [/^\xff\xd8\xff/, 'image/jpeg', '/9j/'],
  [/^GIF8[79]a/, 'image/gif', 'R0lGOD'],
  [/^RIFF.{4}WEBP/s, 'image/webp', 'UklGR'],
  [/^BM/, 'image/bmp', 'Qk'],
  [/^(?:II\*\0|MM\0\*)/, 'image/tiff', 'SUkq|TU0A'],
  [/^.{4}ftypavi[fs]/s, 'image/avif', 'AAAA'],
  [/^.{4}ftyp(?:hei[cx]|mif1)/s, 'image/heic', 'AAAA'],
];
