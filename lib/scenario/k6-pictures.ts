import { SharedArray } from 'k6/data';
import { fillPictures } from '../dataset/picture-marks.ts';
import { makePicture, makePictureParts, type PictureParts } from '../dataset/random-picture.ts';
import { seedOf } from '../dataset/vary-prompts.ts';
import type { CreateTalk } from './k6-scenario.ts';

/**
 * What a script has beside the others whose pictures are made: each while its request is, out of noise that is drawn once per
 * process. No VU keeps any of it.
 */
export const createMadePictures: CreateTalk = (config) => {
  const { imageWidth: width, imageHeight: height, imageFormat: format, datasetOffset } = config;
  const shared = new SharedArray('llm pictures', () => {
    const { parts, text } = makePictureParts({ width, height, format }, seedOf(config));
    return [text, JSON.stringify(parts)];
  }) as readonly string[];
  return {
    complete(request, key) {
      const text = shared[0] as string;
      const parts = JSON.parse(shared[1] as string) as PictureParts;
      // The points of a sweep go on where the one before ended.
      const own = key < 0 ? key : datasetOffset + key;
      return { ...request, body: fillPictures(request.body, (place) => makePicture(parts, text, own, place)) };
    },
  };
};
