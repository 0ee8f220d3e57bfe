import type { FlagRow } from './parameter.ts';
import { choice, integer } from './scalar-types.ts';

/** A side of a picture: three rows of it fit into one block of deflate. */
const MOST_PIXELS = 5000;

/** Settings of pictures that are made. */
export const PICTURES_TABLE = {
  imageNum: {
    group: 'Workload',
    aliases: ['random-mm-base-items-per-request', 'image-batch-size'],
    type: integer(0, 100),
    default: 1,
    example: ['2'],
    help: 'random-vl: pictures of a request.',
  },
  imageWidth: {
    aliases: ['image-width-mean'],
    type: integer(1, MOST_PIXELS),
    default: 224,
    example: ['512'],
    help: 'random-vl: pixels of a picture from left to right.',
  },
  imageHeight: {
    aliases: ['image-height-mean'],
    type: integer(1, MOST_PIXELS),
    default: 224,
    example: ['512'],
    help: 'random-vl: pixels of a picture from top to bottom.',
  },
  imageFormat: {
    type: choice(['rgb', 'rgba', 'l']),
    default: 'rgb',
    example: ['RGB'],
    help: "random-vl: what a pixel holds, Pillow's modes; l is grey. The file is a PNG.",
  },
  imagePatchSize: {
    type: integer(1, MOST_PIXELS),
    default: 28,
    example: ['14'],
    help: 'random-vl: a square of this many pixels is one token, where the server counts none.',
  },
} as const satisfies Readonly<Record<string, FlagRow>>;
