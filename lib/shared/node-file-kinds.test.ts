import { expect, it } from 'vitest';
import { kindOfAnyFile } from './node-file-kinds.ts';

it('knows files by how they begin, and takes no text that begins with the same letters for one', () => {
  expect(
    ['MZ\x90\0', 'ORC\x11\0', 'GIF89a\x01\0', 'ARROW1\0\0', '\xff\xd8\xff\xe0', 'PAR1'].map(kindOfAnyFile),
  ).toEqual([...['a program', 'an ORC file', 'a GIF image', 'an Arrow file', 'a JPEG image', 'a Parquet file']]);
  expect(['MZ is a name', 'ORCA whales', 'GIF89a or PNG?', 'ARROW1', 'words'].map(kindOfAnyFile)).toEqual(
    new Array(5).fill(null),
  );
});
