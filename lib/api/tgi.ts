import type { Prompt } from '../dataset/prompt.ts';
import { isObject, type JsonObject } from '../shared/json.ts';
import type { Api } from './api.ts';
import type { Delta } from './delta.ts';
import { readFinishReason } from './finish-reasons.ts';
import { textOf } from './json.ts';
import { bearerHeaders } from './openai-shared.ts';
import { joinMessages } from './prompt-input.ts';
import { chunkOf, readJsonEvent, readOther } from './read-event.ts';
import { readUsage } from './usage-shapes.ts';

/** `POST /generate_stream` of text-generation-inference, and `/generate` for whole answers: one text, without roles. */
export const tgi: Api = {
  name: 'tgi',
  aliases: ['tgi-generate', 'generate-stream'],
  path: '/generate_stream',
  ending: /\/generate(?:_stream)?$/,
  version: '',
  urlOf: (url, { stream }) => url.replace(/\/generate(?:_stream)?(?=$|\?)/, stream ? '/generate_stream' : '/generate'),
  keyVariable: 'HUGGINGFACE_API_KEY',
  vendorHost: 'huggingface.cloud',
  fields: {
    maxTokens: 'parameters.max_new_tokens',
    seed: 'parameters.seed',
    stop: 'parameters.stop',
    temperature: 'parameters.temperature',
    topP: 'parameters.top_p',
    topK: 'parameters.top_k',
    frequencyPenalty: 'parameters.frequency_penalty',
    repetitionPenalty: 'parameters.repetition_penalty',
  },
  group: 'parameters',
  limitFields: ['parameters.max_new_tokens'],
  pictures: 'none',
  textFields: ['"text":"'],
  // A token's place, number and probability.
  noise: /"(?:index|id|logprob)":\s*-?[\d.eE+-]+/g,
  endWords: 'generated_text',
  endsByReason: true,
  headers: bearerHeaders,
  // Without details a whole answer says nothing of its tokens.
  input: (prompt: Prompt) => ({ inputs: joinMessages(prompt), parameters: { details: true } }),
  readEvent: (data, name) => readJsonEvent(data, name, readAnswer),
  endOf: (data) => (/"generated_text":\s*"/.test(data) ? 'last' : null),
  readWhole: (body) => readJsonEvent(body, '', readAnswer),
};

/** One token, and with the last one the whole text once more. A special token, such as that of the end, is not output. */
function readAnswer(value: JsonObject, data: string): Delta {
  const { token, generated_text: text, details } = value;
  const isToken = isObject(token);
  if (!isToken && typeof text !== 'string') return readOther(value, data);
  return chunkOf({
    content: isToken ? (token['special'] === true ? '' : textOf(token['text'], [])) : textOf(text, []),
    finishReason: isObject(details) ? readFinishReason(details, {}) : null,
    usage: readUsage(value, data),
    isWhole: !isToken,
  });
}
