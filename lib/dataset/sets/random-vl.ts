import { completeRows } from '../../config/parameter.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { PICTURES_TABLE } from '../../config/pictures-table.ts';
import { SYNTHETIC_TABLE } from '../../config/synthetic-table.ts';
import type { Arranged, Dataset } from '../dataset.ts';
import { markPicture } from '../picture-marks.ts';
import type { Prompt } from '../prompt.ts';
import { countPictureBytes } from '../random-picture.ts';
import { random } from './random.ts';

/** More than any service takes, and k6 holds a request in memory several times. */
const MOST_BYTES = 100_000_000;

/** Prompts as those of `random`, each with pictures of noise after its text. */
export function randomVl(): Dataset & { readonly name: 'random-vl' } {
  const texts = random();
  return {
    ...texts,
    name: 'random-vl',
    exampleFile: 'prompts.jsonl',
    content: 'prompts as those of `random`, each with `image-num` pictures of noise',
    written: 'as `random`: pictures are put after its prompts',
    parameters: completeRows({ ...SYNTHETIC_TABLE, ...PICTURES_TABLE }),
    arrange(prompts: readonly Prompt[], config: RunConfig, style: 'flag' | 'env'): Arranged {
      const { imageNum, imageWidth: width, imageHeight: height, imageFormat: format, imagePatchSize: patch } = config;
      const bytes = imageNum * countPictureBytes({ width, height, format });
      if (bytes > MOST_BYTES) {
        const key = 'IMAGE_WIDTH (--image-width)';
        const got = `${imageNum} pictures of ${width} by ${height} pixels, which are ${Math.round(bytes / 1e6)} MB a request`;
        const paste =
          style === 'flag' ? '--image-width 512 --image-height 512' : '-e IMAGE_WIDTH=512 -e IMAGE_HEIGHT=512';
        return { prompts: [], problems: [{ key, got, allowed: `${MOST_BYTES / 1e6} MB at most`, paste }], notes: [] };
      }
      const pictures = Array.from({ length: imageNum }, (_, place) => ({
        type: 'image_url',
        image_url: { url: `data:image/png;base64,${markPicture(place)}` },
      }));
      const tokens = imageNum * Math.ceil(width / patch) * Math.ceil(height / patch);
      return { prompts: prompts.map((prompt) => withPictures(prompt, pictures, tokens)), problems: [], notes: [] };
    },
  };
}

/** The parts after the text of the last message. @param tokens of all pictures, where the server does not count them */
function withPictures(prompt: Prompt, pictures: readonly object[], tokens: number): Prompt {
  const { messages, input_tokens } = prompt;
  const last = messages.at(-1);
  if (last === undefined || pictures.length === 0) return prompt;
  const { content } = last;
  const parts = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  return {
    ...prompt,
    messages: [...messages.slice(0, -1), { ...last, content: [...parts, ...pictures] }],
    ...(input_tokens === undefined ? {} : { input_tokens: input_tokens + tokens }),
  };
}
