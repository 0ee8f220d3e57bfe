import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { fillPictures } from '../dataset/picture-marks.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { custom } from '../dataset/sets/custom.ts';
import { multiTurn } from '../dataset/sets/multi-turn.ts';
import { UnreadableFile } from '../shared/decode-text.ts';
import { createPictureFiles } from './picture-files.ts';

/** Files by the paths under which they are looked for, as Latin-1 characters. */
const FILES: Readonly<Record<string, string>> = {
  'data/cat.png': '\x89PNG\r\n\x1a\n 1',
  'data/dog.jpg': '\xff\xd8\xff 2',
  '/abs/a.webp': 'RIFF1234WEBPVP8 ',
  '/abs/with blank.gif': 'GIF89a..',
  'data/notes.txt': 'not a picture at all',
  'data/empty.png': '',
};

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

function read(lines: readonly unknown[], dataset: Dataset = custom(), settings: Readonly<Record<string, string>> = {}) {
  const paths: string[] = [];
  const files = createPictureFiles((path) => {
    paths.push(path);
    if (path.startsWith('/dev/')) throw new UnreadableFile('it is not a regular file');
    if (!Object.hasOwn(FILES, path)) throw new Error('ENOENT');
    return base64(FILES[path] as string);
  });
  const wrapped: Dataset = files.wrap(dataset);
  const sources = wrapped.formatOf('data/prompts.jsonl').read(lines.map((line) => JSON.stringify(line)).join('\n'));
  const results = sources.map(({ result }) => result);
  const prompts = results.flatMap((result) => (typeof result === 'string' ? [] : [result.prompt]));
  const refused = results.filter((result) => typeof result === 'string');
  const arranged = wrapped.arrange?.(prompts, configOf({ URL: 'http://h/v1', ...settings }), 'flag');
  return { files, paths, prompts, refused, arranged };
}

const image = (url: unknown) => ({ type: 'image_url', image_url: { url } });
const line = (...parts: object[]) => ({
  messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, ...parts] }],
});
const urlsOf = (prompt: Prompt | undefined, files: { pictures: readonly string[] }): string[] => {
  const body = fillPictures(JSON.stringify(prompt), (key) => files.pictures[key] as string);
  return [...body.matchAll(/"url":"([^"]*)"/g)].map(([, url]) => url as string);
};

describe('pictures of a file of prompts', () => {
  it('are data URLs by their signature, relative to the file, each kept once', () => {
    const { files, paths, prompts, refused } = read([
      line(image('cat.png'), image('dog.jpg'), image('cat.png')),
      line(image('/abs/a.webp'), image('file:///abs/with%20blank.gif'), { type: 'image_url', image_url: 'cat.png' }),
      line(
        image(`data:image/png;base64,${base64('\x89PNG\r\n\x1a\n 1')}`),
        image('https://h/a.png'),
        image('gs://b/c'),
      ),
    ]);
    expect(refused).toEqual([]);
    const cat = `data:image/png;base64,${base64('\x89PNG\r\n\x1a\n 1')}`;
    const dog = `data:image/jpeg;base64,${base64('\xff\xd8\xff 2')}`;
    expect(urlsOf(prompts[0], files)).toEqual([cat, dog, cat]);
    expect(urlsOf(prompts[1], files)).toEqual([
      `data:image/webp;base64,${base64('RIFF1234WEBPVP8 ')}`,
      `data:image/gif;base64,${base64('GIF89a..')}`,
      cat,
    ]);
    expect(urlsOf(prompts[2], files)).toEqual([cat, 'https://h/a.png', 'gs://b/c']);
    expect(paths).toEqual(['data/cat.png', 'data/dog.jpg', '/abs/a.webp', '/abs/with blank.gif']);
    // What is kept of a prompt, and in the records, has none of the data.
    expect(JSON.stringify(prompts)).not.toContain(base64('\x89PNG\r\n\x1a\n 1'));
  });

  it('are refused with every one that is wrong', () => {
    const { refused } = read([
      line(image('gone.png'), image('notes.txt'), image('gone.png')),
      line(image('empty.png')),
      line(image('/dev/zero')),
      line(image('data:image/png;base64,@@@'), image('')),
      line(image('cat.png')),
    ]);
    expect(refused).toEqual([
      'the picture "data/gone.png": the file cannot be read; the picture "data/notes.txt": not PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF or HEIC',
      'the picture "data/empty.png": an empty file',
      'the picture "/dev/zero": it is not a regular file',
      'a data URL that is not data:TYPE;base64,DATA; a picture without a "url"',
    ]);
  });

  it('are in conversations, too, and tokens that were counted without them are none', () => {
    const conversation = {
      messages: [
        ...line(image('cat.png')).messages,
        { role: 'assistant', content: 'A cat.' },
        ...line(image('dog.jpg')).messages,
      ],
    };
    const { prompts, files } = read([conversation], multiTurn());
    expect(urlsOf(prompts[0], files)).toHaveLength(2);
    const { arranged } = read([
      { ...line(image('cat.png')), input_tokens: 4 },
      { prompt: 'Hi', input_tokens: 1 },
    ]);
    expect(arranged?.prompts.map(({ input_tokens }) => input_tokens)).toEqual([undefined, 1]);
  });
});

describe('an API', () => {
  const problemOf = (api: string, url: string) => {
    const lines = [line(image(url)), { prompt: 'Hi' }];
    return read(lines, custom(), { URL: 'http://h', API: api }).arranged?.problems[0];
  };

  it('that takes no pictures is refused, with those that do', () => {
    expect(problemOf('openai-completions', 'cat.png')).toMatchObject({
      key: 'API (--api)',
      got: 'openai-completions, and 1 of 2 prompts hold pictures',
      allowed: 'an API that takes pictures: openai-chat, openai-responses, anthropic, gemini, ollama',
      paste: '--api openai-chat',
    });
    expect(problemOf('tgi', 'https://h/a.png')?.got).toContain('tgi');
    expect(problemOf('ollama', 'https://h/a.png')?.got).toBe('ollama, and 1 of 2 prompts hold addresses of pictures');
    for (const api of ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'ollama'])
      expect(problemOf(api, 'cat.png'), api).toBeUndefined();
  });

  it('is right for prompts without any', () => {
    expect(read([{ prompt: 'Hi' }], custom(), { URL: 'http://h', API: 'tgi' }).arranged?.problems).toEqual([]);
  });
});
