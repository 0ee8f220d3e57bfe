import type { Prompt } from '../dataset/prompt.ts';
import { isObject, type JsonObject, parseJson } from '../shared/json.ts';
import type { Api, ApiRequest } from './api.ts';
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
  readWhole: (body, request) => readList(body, 'data', request),
};

/** What text-embeddings-inference serves: one model, at paths without a version. */
const TEI = { version: '', keyVariable: 'HUGGINGFACE_API_KEY', vendorHost: 'huggingface.cloud', fields: {} } as const;

/** `POST /embed` of text-embeddings-inference, which reports no tokens. */
const teiEmbed: Api = {
  ...openaiEmbeddings,
  ...TEI,
  name: 'tei-embed',
  aliases: ['tei', 'tei-embeddings'],
  path: '/embed',
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
  readWhole: (body, request) => readList(body, 'results', request),
};

/** `POST /rerank` of text-embeddings-inference. */
const teiRerank: Api = {
  ...rerank,
  ...TEI,
  name: 'tei-rerank',
  aliases: [],
  input: (prompt) => toRerank(prompt, 'texts'),
};

/** The APIs whose answers are not text. The scripts that need them bring them along; the others do not hold them. */
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
 * An answer that is a list of results, under `field`, or alone; it has output where the list has something in it. Where it has not
 * one for each input of its request, the others were not worked on, and it cannot be read.
 *
 * Usage that tells the total alone, as Jina's, means the input: there is no output.
 */
function readList(body: string, field: 'data' | 'results', request?: Pick<ApiRequest, 'inputs' | 'body'>): Delta {
  const value = parseJson(body.replace(VECTORS, '[0]'));
  if (value === undefined) return nothing('malformed', `not JSON: ${body.slice(0, 200)}`);
  const list = Array.isArray(value) ? value : isObject(value) ? value[field] : null;
  if (!Array.isArray(list)) return isObject(value) ? readOther(value, body.slice(0, 2000)) : nothing('other', '');
  const failed = list.find((item) => isObject(item) && !isEmpty(item['error']));
  if (isObject(failed)) return readOther(failed, body.slice(0, 2000));
  const missing = request === undefined ? null : findMissing(list, field, request);
  if (missing !== null) return nothing('malformed', missing);
  return chunkOf({
    hasMedia: list.length > 0,
    usage: isObject(value) ? readTokens(value) : null,
    isWhole: true,
  });
}

/** The best results alone were asked for; a text of the prompt has its quotes escaped. */
const ASKS_FOR_BEST = /"top_[nk]":/;

/** Why an answer does not fit the inputs of its request; null where it does, and where it is empty, which is a failure of its own. */
function findMissing(
  list: readonly unknown[],
  field: 'data' | 'results',
  { inputs, body }: Pick<ApiRequest, 'inputs' | 'body'>,
): string | null {
  const isRanked = field === 'results';
  const count = isRanked ? list.length : list.filter(holdsVector).length;
  if (list.length === 0 || inputs === null || count === inputs) return null;
  if (isRanked && count < inputs && ASKS_FOR_BEST.test(body)) return null;
  return isRanked ? `${count} of ${inputs} results, and the body has no top_n` : `${count} of ${inputs} vectors`;
}

/** A vector, alone or in an object; its numbers were taken out before, but for the shortest. */
function holdsVector(item: unknown): boolean {
  const vector = isObject(item) ? (item['embedding'] ?? item['embeddings']) : item;
  return Array.isArray(vector) || typeof vector === 'string' ? vector.length > 0 : isObject(vector);
}

function readTokens(value: JsonObject): Usage | null {
  const { usage } = value;
  const total = isObject(usage) && usage['prompt_tokens'] === undefined ? usage['total_tokens'] : undefined;
  const counts = total === undefined ? value : { usage: { prompt_tokens: total } };
  const read = readUsage(counts, 'token');
  return read === null ? null : { ...read, outputTokens: null };
}
