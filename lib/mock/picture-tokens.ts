import { isObject, type JsonObject } from '../shared/json.ts';
import { BadRequest, type MockApi } from './mock-api.ts';

/** A square of so many pixels of a PNG is one token, as in Qwen's models. */
const PATCH = 28;
/** What a picture counts whose size is not looked up: of another kind, or behind an address. */
const OTHER_TOKENS = 256;

/** What pictures begin with, in base64. */
const STARTS = /^(?:iVBORw0KGgo|\/9j\/|R0lGOD|UklGR)/;

/**
 * The tokens of all pictures of a prompt, as they are written in the API: a PNG counts its squares of 28 by 28 pixels, begun ones
 * too, every other picture 256.
 *
 * @throws {BadRequest} for what is not a picture
 */
export function countPictureTokens(prompts: readonly unknown[], api: Pick<MockApi, 'picturesIn'>): number {
  return api.picturesIn === undefined ? 0 : countIn(prompts, api.picturesIn);
}

function countIn(value: unknown, picturesIn: (part: JsonObject) => readonly unknown[]): number {
  if (Array.isArray(value)) return value.reduce((sum: number, part) => sum + countIn(part, picturesIn), 0);
  if (!isObject(value)) return 0;
  const own = picturesIn(value).reduce((sum: number, source) => sum + countTokens(source), 0);
  return ['content', 'parts'].reduce((sum, key) => sum + countIn(value[key], picturesIn), own);
}

/** @param source an address, a data URL, or base64 alone */
function countTokens(source: unknown): number {
  const text = String(source);
  if (/^(?:https?|gs):/.test(text)) return OTHER_TOKENS;
  const data = text.replace(/^data:image\/[\w.+-]+;base64,/, '');
  if (!STARTS.test(data) || !/^[\w+/]+={0,2}$/.test(data))
    throw new BadRequest('A picture is neither an address nor one');
  if (!data.startsWith('iVBORw0KGgo')) return OTHER_TOKENS;
  const start = Buffer.from(data.slice(0, 32), 'base64');
  const squares = (at: number): number => Math.ceil(start.readUInt32BE(at) / PATCH);
  return squares(16) * squares(20);
}
