import { SharedArray } from 'k6/data';
import encoding from 'k6/encoding';
import type { Api, ApiRequest } from '../api/api.ts';
import type { Delta } from '../api/delta.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { fillPictures, shortenPictures } from '../dataset/picture-marks.ts';
import { makePicture, makePictureParts, type PictureParts } from '../dataset/random-picture.ts';
import { seedOf } from '../dataset/vary-prompts.ts';
import { readPictureTokens } from '../measure/picture-tokens.ts';
import { isSuccess } from '../shared/http-status.ts';
import { joinFirstEvents } from '../stream/event-texts.ts';
import { MAX_TEXT, type ReceivedAnswer } from '../stream/received-answer.ts';
import { refuseDevices } from './k6-read-text.ts';
import type { CreateTalk } from './k6-scenario.ts';
import { createPictureFiles, type PictureFiles } from './picture-files.ts';

/** A dataset whose prompts may hold pictures, and what its script then has beside the others. */
interface WithPictures {
  readonly dataset: () => Dataset;
  readonly talk: CreateTalk;
}

/**
 * Pictures of files: they are read while the script loads, and each is kept once per process. A VU holds none beside the request
 * that it sends.
 *
 * @param createTalk what the script has otherwise
 */
export function usePictures(dataset: () => Dataset, createTalk?: CreateTalk): WithPictures {
  let files: PictureFiles | null = null;
  return {
    dataset: () => {
      files = createPictureFiles(readBase64);
      return files.wrap(dataset());
    },
    talk: (config, prompts) => {
      const pictures = new SharedArray('llm pictures', () => [...(files?.pictures ?? [])]) as readonly string[];
      return {
        ...createTalk?.(config, prompts),
        readMore: readPictureTokens,
        ...SHORTENING,
        complete: (request) =>
          pictures.length === 0 ? request : withPictures(request, (key) => pictures[key] as string),
      };
    },
  };
}

/** As a dataset's path is meant: from the working directory, else from the bundle. */
function readBase64(path: string): string {
  const folder = __ENV['PWD'];
  const isRelative = !/^(?:[/\\]|[A-Za-z]:)/.test(path);
  if (isRelative && folder) {
    try {
      return readBase64(`${folder}/${path}`);
    } catch {
      // Not there: as the bundle sees it.
    }
  }
  refuseDevices(path);
  return encoding.b64encode(open(path, 'b'));
}

/**
 * Pictures that are made: each while its request is, out of noise that is drawn once per process. No VU keeps any of it.
 */
export function makePictures(dataset: () => Dataset): WithPictures {
  return {
    dataset: () => createPictureFiles(readBase64).wrap(dataset()),
    talk: (config) => {
      const { imageWidth: width, imageHeight: height, imageFormat: format, datasetOffset } = config;
      const shared = new SharedArray('llm pictures', () => {
        const { parts, text } = makePictureParts({ width, height, format }, seedOf(config));
        return [text, JSON.stringify(parts)];
      }) as readonly string[];
      return {
        // Those of the dataset hold a guess for the pictures, which is nothing to hold the server's count against.
        readMore: (received) => ({ ...readPictureTokens(received), prepared_tokens: null }),
        ...SHORTENING,
        complete(request, key) {
          const text = shared[0] as string;
          const parts = JSON.parse(shared[1] as string) as PictureParts;
          // The points of a sweep go on where the one before ended.
          const own = key < 0 ? key : datasetOffset + key;
          return withPictures(request, (place) => makePicture(parts, text, own, place));
        },
      };
    },
  };
}

function withPictures(request: ApiRequest, pictureOf: (key: number) => string): ApiRequest {
  return { ...request, api: withShortWords(request.api), body: fillPictures(request.body, pictureOf) };
}

/** One for all requests of a VU, since what is known of a service's chunks is kept by its reader. */
let shortened: { readonly of: Api; readonly api: Api } | null = null;

/** No answer in words is as long, unless it holds a picture. */
const LONG_WORDS = 200;

/** An API whose errors, and whatever else of an answer is shown as it came, hold no picture: they are cut at once where they are read. */
function withShortWords(of: Api): Api {
  if (shortened?.of === of) return shortened.api;
  const shorten = (delta: Delta, data: string, read: (data: string) => Delta): Delta =>
    delta.problem.length < LONG_WORDS ? delta : read(shortenPictures(data));
  const api: Api = {
    ...of,
    readEvent: (data, name) => shorten(of.readEvent(data, name), data, (short) => of.readEvent(short, name)),
    readWhole: (body) => shorten(of.readWhole(body), body, of.readWhole),
  };
  shortened = { of, api };
  return api;
}

/** What is shown of an answer that failed, without the pictures that it echoes. */
const SHORTENING = {
  shorten: (text: string): string => shortenPictures(text),
  shortenReceived(received: ReceivedAnswer): ReceivedAnswer {
    const { status, data, text } = received;
    const isOfEvents = text === '' && status !== 0 && !isSuccess(status);
    return { ...received, text: shortenPictures(isOfEvents ? joinFirstEvents(data, MAX_TEXT) : text) };
  },
};
