import type { JsonObject } from '../../shared/json.ts';
import type { AnswerPlan } from '../answer-plan.ts';
import { BadRequest, type ErrorDetail, type MockApi } from '../mock-api.ts';
import { usageOf } from '../usage.ts';
import { openAiError } from './openai-error.ts';
import { huggingFaceError } from './tgi-generate.ts';

/** Numbers of a vector, where the body does not say. */
const DIMENSIONS = 64;

const SHARED = {
  keyHeader: 'authorization',
  limitFields: [],
  otherFields: ['model', 'dimensions', 'encoding_format', 'user', 'top_n', 'return_documents', 'truncate', 'normalize'],
  isStream: () => false,
  withoutOutput: true,
  // It has no stream.
  *events() {},
  error: openAiError,
  failure: () => ({ data: '' }),
  late: () => ({ data: '' }),
} as const satisfies Partial<MockApi>;

/** OpenAI's embeddings, of one text or several. */
export const EMBEDDINGS: MockApi = {
  ...SHARED,
  path: '/v1/embeddings',
  idPrefix: 'embd-',
  promptFields: ['input'],
  check: ({ input }) => checkTexts(typeof input === 'string' ? [input] : input, 'input'),
  whole(plan) {
    const { input } = plan.request.body;
    const texts = Array.isArray(input) ? input : [input];
    return {
      object: 'list',
      data: texts.map((_, index) => ({ object: 'embedding', index, embedding: vector(plan, index) })),
      model: plan.request.model,
      usage: inputUsage(plan),
    };
  },
};

/** text-embeddings-inference: a bare list of vectors, and no usage. */
export const TEI_EMBED: MockApi = {
  ...SHARED,
  path: '/embed',
  idPrefix: 'tei-',
  promptFields: ['inputs'],
  check: ({ inputs }) => checkTexts(typeof inputs === 'string' ? [inputs] : inputs, 'inputs'),
  whole({ request: { body }, ...plan }) {
    const { inputs } = body;
    const texts = Array.isArray(inputs) ? inputs : [inputs];
    return texts.map((_, index) =>
      vector({ request: { body }, ...plan } as AnswerPlan, index),
    ) as unknown as JsonObject;
  },
  error: teiError,
};

/** `/v1/rerank` as Cohere, Jina and vLLM have it. */
export const RERANK: MockApi = {
  ...SHARED,
  path: '/v1/rerank',
  idPrefix: 'rerank-',
  promptFields: ['query', 'documents'],
  check({ query, documents }) {
    if (typeof query !== 'string') throw new BadRequest('query is required', 'query');
    checkTexts(documents, 'documents');
  },
  whole: (plan) => ({
    id: plan.id,
    model: plan.request.model,
    usage: { total_tokens: plan.request.promptTokens },
    results: scores(plan.request.body['documents'])
      .slice(0, topOf(plan.request.body))
      .map(([index, score]) => ({ index, relevance_score: score })),
  }),
};

/** `/rerank` of text-embeddings-inference. */
export const TEI_RERANK: MockApi = {
  ...RERANK,
  path: '/rerank',
  promptFields: ['query', 'texts'],
  check({ query, texts }) {
    if (typeof query !== 'string') throw new BadRequest('missing field `query`');
    checkTexts(texts, 'texts');
  },
  whole: ({ request: { body } }) =>
    scores(body['texts']).map(([index, score]) => ({ index, score })) as unknown as JsonObject,
  error: teiError,
};

function checkTexts(texts: unknown, field: string): void {
  const isRight = Array.isArray(texts) && texts.length > 0 && texts.every((text) => typeof text === 'string');
  if (!isRight) throw new BadRequest(`'${field}' must be a list of texts`, field);
}

function vector({ request, choiceKeys }: AnswerPlan, index: number): number[] {
  const { dimensions } = request.body;
  const length = typeof dimensions === 'number' ? dimensions : DIMENSIONS;
  return Array.from({ length }, (_, at) => Math.sin(index + at + (choiceKeys[0] as number)));
}

/** The best first. */
function scores(texts: unknown): [index: number, score: number][] {
  const count = Array.isArray(texts) ? texts.length : 0;
  return Array.from({ length: count }, (_, index) => [index, 1 - index / count]);
}

/** How many results are asked for; all where the body does not say. */
function topOf({ top_n: top }: JsonObject): number | undefined {
  return typeof top === 'number' && top > 0 ? top : undefined;
}

function inputUsage(plan: AnswerPlan): unknown {
  const { promptTokens } = plan.request;
  return usageOf(plan, { prompt_tokens: promptTokens, total_tokens: promptTokens });
}

function teiError(status: number, detail?: ErrorDetail): string {
  return huggingFaceError(status, ['backend', 'The request failed'], detail);
}
