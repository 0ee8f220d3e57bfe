import { findKind, kindOfFile } from './decode-text.ts';

/** What more files begin with that are not text; k6, which is slow at whatever is in a script, takes them for binary data. */
const MORE_KINDS: readonly (readonly [start: string, what: string])[] = [
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['PK\x05\x06', 'an empty zip archive'],
  ['ARROW1', 'an Arrow file'],
  ['\x89HDF', 'an HDF5 file'],
  ['\x7fELF', 'a program'],
  ['MZ', 'a program'],
  ['\x93NUMPY', 'a NumPy file'],
  ['\x80\x02', 'a Python pickle'],
  ['\x80\x03', 'a Python pickle'],
  ['\x80\x04', 'a Python pickle'],
  ['\x80\x05', 'a Python pickle'],
  ['Obj\x01', 'an Avro file'],
  ['ORC', 'an ORC file'],
  ['\xd0\xcf\x11\xe0', 'an old Office document'],
];

const LETTERS = /^(?:MZ|ORC|GIF8|ARROW1)/;

/** As `kindOfFile`, of more kinds. */
export function kindOfAnyFile(start: string): string | null {
  const kind = kindOfFile(start) ?? findKind(MORE_KINDS, start);
  // A text may begin with such letters; what else does has a zero byte soon.
  return LETTERS.test(start) && !start.includes('\0') ? null : kind;
}
