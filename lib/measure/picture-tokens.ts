import { countOf } from '../api/usage-shapes.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import type { RequestRecord } from './request-record.ts';

/** In the details of a prompt's usage: of OpenAI and what speaks like it, and of Gemini, which has a count for each kind of input. */
const SHAPES = [
  /"(?:prompt|input)_tokens_details"\s*:\s*\{[^{}]*"image_tokens"\s*:\s*(\d+)/g,
  /"promptTokensDetails"\s*:\s*\[[^\]]*"modality"\s*:\s*"IMAGE"\s*,\s*"tokenCount"\s*:\s*(\d+)/g,
];

/** Usage is in the last events of a stream. */
const LAST_EVENTS = 8;

/**
 * The tokens of a prompt's pictures, where usage tells them apart: the last count that is not 0. In a text of the model the quotes
 * have a backslash before them.
 */
export function readPictureTokens({ data, text }: ReceivedAnswer): Pick<RequestRecord, 'image_tokens'> {
  const texts = data.parts.slice(-LAST_EVENTS).flatMap((part) => (part.kind === 'raw' ? part.block : []));
  const found = [...texts.slice(-2 * LAST_EVENTS), text].flatMap(countsIn);
  const count = found.findLast((tokens) => tokens > 0) ?? found.at(-1);
  return count === undefined ? {} : { image_tokens: count };
}

function countsIn(text: string): number[] {
  if (!text.includes('"image_tokens"') && !text.includes('"IMAGE"')) return [];
  return SHAPES.flatMap((shape) => [...text.matchAll(shape)].flatMap(([, digits]) => countOf(Number(digits)) ?? []));
}
