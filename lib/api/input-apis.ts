import type { Prompt } from '../dataset/prompt.ts';
import { isObject, type JsonObject, parseJson } from '../shared/json.ts';
import type { Api } from './api.ts';
import type { Delta, Usage } from './delta.ts';
import { isEmpty, textOf } from './json.ts';
import { bearerHeaders } from './openai-shared.ts';
import { chunkOf, nothing, readOther } from './read-event.ts';
import { readUsage } from './usage-shapes.ts';

/** What APIs have in common whose answers are numbers: no stream, no settings of generation. */
const SHARED = {
  keyVariable: 'OPENAI_API_KEY',
  vendorHost: 'openai.com',
  limitFields: [],
  textFields: [],
  endWords: 'the end of the body',
  endsByReason: false,
  headers: bearerHeaders,
  readEvent: () => nothing('other', ''),
  endOf: () => null,
} as const satisfies Partial<Api>;

/** `POST /v1/embeddings`: every message of a prompt is a text to embed. */
const openaiEmbeddings: Api = {
  ...SHARED,
  name: 'openai-embeddings',
  aliases: ['embeddings', 'embedding', 'openai-embedding'],
  path: '/embeddings',
  fields: { model: 'model' },
  countInputs: ({ messages }) => messages.length,
  input: (prompt) => ({ input: textsOf(prompt) }),
  readWhole: (body) => readList(body, 'data'),
};

/** `POST /embed` of text-embeddings-inference, which serves one model and tells no tokens. */
const teiEmbed: Api = {
  ...openaiEmbeddings,
  name: 'tei-embed',
  aliases: ['tei', 'tei-embeddings'],
  path: '/embed',
  version: '',
  keyVariable: 'HUGGINGFACE_API_KEY',
  vendorHost: 'huggingface.cloud',
  fields: {},
  input: (prompt) => ({ inputs: textsOf(prompt) }),
};

/** `POST /v1/rerank` of Cohere, Jina and vLLM: the first message of a prompt is the query, the others are the documents. */
const rerank: Api = {
  ...SHARED,
  name: 'rerank',
  aliases: ['openai-rerank', 'cohere-rerank', 'jina-rerank', 'vllm-rerank', 'reranks'],
  path: '/rerank',
  ending: /\/reranks?$/,
  keyVariable: 'COHERE_API_KEY',
  vendorHost: 'cohere.com',
  fields: { model: 'model' },
  countInputs: ({ messages }) => messages.length - 1,
  input: (prompt) => toRerank(prompt, 'documents'),
  readWhole: (body) => readList(body, 'results'),
};

/** `POST /rerank` of text-embeddings-inference. */
const teiRerank: Api = {
  ...rerank,
  name: 'tei-rerank',
  aliases: [],
  version: '',
  keyVariable: 'HUGGINGFACE_API_KEY',
  vendorHost: 'huggingface.cloud',
  fields: {},
  input: (prompt) => toRerank(prompt, 'texts'),
};

/** The APIs whose answers are no text. The scripts that need them bring them along; the others do not hold them. */
export function listInputApis(): readonly Api[] {
  return [openaiEmbeddings, teiEmbed, rerank, teiRerank];
}

function textsOf({ messages }: Prompt): string[] {
  return messages.map(({ content }) => textOf(content, ['text']));
}

function toRerank(prompt: Prompt, field: 'documents' | 'texts'): JsonObject {
  const [query = '', ...documents] = textsOf(prompt);
  return { query, [field]: documents };
}

/** A vector, as numbers or in base64: what is in it costs k6 more to read than all else, and nobody asks for it. */
const VECTORS = /\[[-+\d.,eE\s]{8,}\]|"[A-Za-z0-9+/=\\]{200,}"/g;

/**
 * An answer that is a list of results, under `field`, or alone; it has output where the list has something in it.
 *
 * Usage that tells the total alone, as Jina's, means the input: there is no output.
 */
function readList(body: string, field: 'data' | 'results'): Delta {
  const value = parseJson(body.replace(VECTORS, '[0]'));
  if (value === undefined) return nothing('malformed', `not JSON: ${body.slice(0, 200)}`);
  const list = Array.isArray(value) ? value : isObject(value) ? value[field] : null;
  if (!Array.isArray(list)) return isObject(value) ? readOther(value, body.slice(0, 2000)) : nothing('other', '');
  const failed = list.find((item) => isObject(item) && !isEmpty(item['error']));
  if (isObject(failed)) return readOther(failed, body.slice(0, 2000));
  return chunkOf({
    hasMedia: list.length > 0,
    usage: isObject(value) ? readTokens(value) : null,
    isWhole: true,
  });
}

function readTokens(value: JsonObject): Usage | null {
  const { usage } = value;
  const total = isObject(usage) && usage['prompt_tokens'] === undefined ? usage['total_tokens'] : undefined;
  const counts = total === undefined ? value : { usage: { prompt_tokens: total } };
  const read = readUsage(counts, 'token');
  return read === null ? null : { ...read, outputTokens: null };
}
