import type { Api } from '../api/api.ts';
import { findApi, listApis } from '../api/apis.ts';
import type { RunConfig } from '../config/parameters.ts';
import type { Arranged, Dataset, PromptFormat, PromptSource } from '../dataset/dataset.ts';
import { PICTURE_KINDS } from '../dataset/picture-kinds.ts';
import { markPicture } from '../dataset/picture-marks.ts';
import type { Conversation, Prompt, Turn } from '../dataset/prompt.ts';
import { decodeBase64 } from '../shared/base64.ts';
import { whyUnreadable } from '../shared/decode-text.ts';
import type { Problem } from '../shared/errors.ts';
import { isObject, type JsonObject } from '../shared/json.ts';
import { showPath } from '../shared/show-word.ts';

/** The pictures of a dataset's prompts, each once. */
export interface PictureFiles {
  /** In base64, by the keys of the marks in the prompts; complete when the prompts are read. */
  readonly pictures: readonly string[];
  /** A dataset whose prompts may hold pictures: those of its files are read with it, and an API that takes none is refused. */
  wrap<Wrapped extends Dataset>(dataset: Wrapped): Wrapped;
}

/** @param readBase64 reads a file, a relative path as that of the dataset is meant; throws where it cannot */
export function createPictureFiles(readBase64: (path: string) => string): PictureFiles {
  const pictures: string[] = [];
  /** Data URLs with a mark by what was written, or why there is none. */
  const known = new Map<string, Picture>();
  const find = (url: string, folder: string): Picture => {
    const isData = url.startsWith('data:');
    const place = isData ? url : resolvePath(url, folder);
    const found = known.get(place) ?? keep(isData ? readDataUrl(url) : readFile(place, readBase64), pictures);
    known.set(place, found);
    return found;
  };
  return {
    pictures,
    wrap: (dataset) => ({
      ...dataset,
      formatOf: (path: string) => withPictures(dataset.formatOf(path), (url) => find(url, folderOf(path))),
      arrange: (prompts: readonly Prompt[], config: RunConfig, style: 'flag' | 'env') =>
        arrange(dataset, prompts, config, style),
    }),
  };
}

/** A picture that was read: its data URL, with a mark in it in place of its base64 once it is kept; or why there is none. */
type Picture = { readonly type: string; readonly data: string } | { readonly problem: string };

function keep(picture: Picture, pictures: string[]): Picture {
  return 'problem' in picture ? picture : { ...picture, data: markPicture(pictures.push(picture.data) - 1) };
}

/** Services take 4 to 20 MB. */
const MOST_BYTES = 50_000_000;

function readFile(path: string, readBase64: (path: string) => string): Picture {
  const shown = `the picture ${showPath(path)}`;
  let data: string;
  try {
    data = readBase64(path);
  } catch (error) {
    return { problem: `${shown}: ${whyUnreadable(error)}` };
  }
  const bytes = (data.length * 3) / 4;
  if (bytes > MOST_BYTES) return { problem: `${shown}: ${Math.ceil(bytes / 1e6)} MB, more than ${MOST_BYTES / 1e6}` };
  // Twelve bytes.
  const start = decodeBase64(data.slice(0, 16));
  const type = PICTURE_KINDS.find(([beginning]) => beginning.test(start))?.[1];
  if (data === '') return { problem: `${shown}: an empty file` };
  return type === undefined
    ? { problem: `${shown}: not PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF or HEIC` }
    : { type, data };
}

function readDataUrl(url: string): Picture {
  const [, type, data] = /^data:([\w.+-]+\/[\w.+-]+);base64,([\w+/]+=*)$/.exec(url) ?? [];
  if (type === undefined || data === undefined) return { problem: 'a data URL that is not data:TYPE;base64,DATA' };
  const bytes = (data.length * 3) / 4;
  return bytes > MOST_BYTES ? { problem: `a data URL of more than ${MOST_BYTES / 1e6} MB` } : { type, data };
}

function folderOf(path: string): string {
  return path.replace(/[^/\\]*$/, '');
}

/** Relative to the folder of the file that names it. */
function resolvePath(url: string, folder: string): string {
  const path = url.startsWith('file://') ? decodeURIComponent(url.slice('file://'.length)) : url;
  return /^(?:[/\\]|[A-Za-z]:[/\\])/.test(path) ? path : `${folder}${path}`;
}

/** An address, which the service reads by itself: `https:`, `gs:`, whatever it knows. */
const ADDRESS = /^(?!file:|data:)[A-Za-z][\w.+-]+:/;

/** A format that puts the pictures that its prompts name into them. */
function withPictures(format: PromptFormat, find: (url: string) => Picture): PromptFormat {
  const fill = (source: PromptSource): PromptSource => {
    const { result, shown } = source;
    if (typeof result === 'string' || !shown.includes('image_url')) return source;
    const problems: string[] = [];
    const prompt = mapPictures(result.prompt, (url) => {
      if (ADDRESS.test(url)) return url;
      const picture = url === '' ? { problem: 'a picture without a "url"' } : find(url);
      if (!('problem' in picture)) return `data:${picture.type};base64,${picture.data}`;
      problems.push(picture.problem);
      return '';
    }) as Prompt;
    return { ...source, result: problems.length > 0 ? [...new Set(problems)].join('; ') : { ...result, prompt } };
  };
  return { ...format, read: (text) => format.read(text).map(fill) };
}

/** A value whose parts in OpenAI's shape have other addresses; one that is a text alone becomes an object, as OpenAI has it. */
function mapPictures(value: unknown, change: (url: string) => string): unknown {
  if (Array.isArray(value)) return value.map((part) => mapPictures(part, change));
  if (!isObject(value)) return value;
  const mapped = Object.entries(value).map(([key, inner]) => [
    key,
    key === 'image_url' ? changeImage(inner, change) : mapPictures(inner, change),
  ]);
  return Object.fromEntries(mapped) as JsonObject;
}

function changeImage(image: unknown, change: (url: string) => string): unknown {
  if (typeof image === 'string') return { url: change(image) };
  return isObject(image) ? { ...image, url: change(String(image['url'] ?? '')) } : image;
}

/** What the dataset makes of the prompts, where the API takes their pictures. */
function arrange(dataset: Dataset, given: readonly Prompt[], config: RunConfig, style: 'flag' | 'env'): Arranged {
  // Only their texts were counted.
  const prompts = given.map((prompt) => (picturesOf(prompt).length === 0 ? prompt : withoutCounts(prompt)));
  const arranged = dataset.arrange?.(prompts, config, style) ?? { prompts, problems: [], notes: [] };
  if (arranged.problems.length > 0) return arranged;
  const problem = findWrongApi(arranged.prompts, findApi(config), style);
  return problem === null ? arranged : { prompts: [], problems: [problem], notes: [] };
}

function turnsOf(prompt: Conversation): readonly Turn[] {
  return [prompt, ...(prompt.next ?? [])];
}

/** The addresses of a prompt's pictures, and of those of its turns. */
function picturesOf(prompt: Prompt): unknown[] {
  const parts = turnsOf(prompt).flatMap(({ messages }) => messages.flatMap(({ content }) => content));
  return parts.flatMap((part) => (isObject(part) && isObject(part['image_url']) ? [part['image_url']['url']] : []));
}

function withoutCounts(prompt: Conversation): Conversation {
  const { input_tokens, next, ...rest } = prompt;
  return next === undefined ? rest : { ...rest, next: next.map(({ input_tokens, ...turn }) => turn) };
}

/** What is wrong with an API for these prompts: it takes no pictures, or no addresses of pictures. */
function findWrongApi(prompts: readonly Prompt[], { name, pictures }: Api, style: 'flag' | 'env'): Problem | null {
  if (pictures === undefined) return null;
  const isWrong = (url: unknown): boolean => pictures === 'none' || !String(url).startsWith('data:');
  const count = prompts.filter((prompt) => picturesOf(prompt).some(isWrong)).length;
  if (count === 0) return null;
  const [what, takes] = pictures === 'none' ? ['pictures', 'pictures'] : ['addresses of pictures', 'them'];
  const isRight = (api: Api): boolean => api.pictures === undefined || (pictures === 'none' && api.pictures === 'data');
  const right = listApis().filter((api) => isRight(api) && api.countInputs === undefined);
  return {
    key: 'API (--api)',
    got: `${name}, and ${count} of ${prompts.length} prompts hold ${what}`,
    allowed: `an API that takes ${takes}: ${right.map((api) => api.name).join(', ')}`,
    paste: style === 'flag' ? '--api openai-chat' : '-e API=openai-chat',
  };
}
