import { isObject, type JsonObject } from '../../shared/json.ts';
import {
  type AnswerPlan,
  endOf,
  type OutputKind,
  outputText,
  planOutputs,
  wholeArguments,
  wholeOutputs,
} from '../answer-plan.ts';
import { BadRequest, type ErrorDetail, type MockApi, messageOf } from '../mock-api.ts';
import { usageOf } from '../usage.ts';

const SHARED = {
  idPrefix: 'gemini-',
  keyHeader: 'x-goog-api-key',
  promptFields: ['systemInstruction', 'contents'],
  picturesIn({ inlineData, fileData }: JsonObject) {
    if (isObject(inlineData)) return [inlineData['data']];
    return isObject(fileData) ? [fileData['fileUri']] : [];
  },
  limitFields: ['maxOutputTokens'],
  limitsIn: 'generationConfig',
  otherFields: ['safetySettings', 'tools', 'toolConfig', 'cachedContent'],
  check({ contents, model, messages }: JsonObject) {
    for (const [name, value] of Object.entries({ model, messages })) {
      if (value !== undefined) {
        throw new BadRequest(`Invalid JSON payload received. Unknown name "${name}": Cannot find field.`);
      }
    }
    if (!Array.isArray(contents) || contents.length === 0) {
      throw new BadRequest('* GenerateContentRequest.contents: contents is not specified');
    }
  },
  /** Counts come with every event, the finish reason with the last; nothing marks the end. */
  *events(plan: AnswerPlan) {
    let sent = 0;
    for (const output of planOutputs(plan)) {
      const { due, kind, to, from, isLast } = output;
      sent += to - from;
      if (kind === 'tool' && !isLast) continue;
      const text = kind === 'tool' ? wholeArguments(plan) : outputText(plan, output);
      const data = answer(plan, [part(kind, text)], sent, isLast ? reason(plan) : null);
      yield { due, kind, tokens: to - from, data: JSON.stringify(data) };
    }
  },
  whole: (plan: AnswerPlan) =>
    answer(
      plan,
      wholeOutputs(plan, 0).map(({ kind, text }) => part(kind, text)),
      plan.choiceTokens[0] as number,
      reason(plan),
    ),
  error,
  failure: (_: AnswerPlan, detail: ErrorDetail) => ({ data: error(500, detail) }),
  late: (plan: AnswerPlan) => ({ data: JSON.stringify(answer(plan, [part('content', ' late')], 1, null)) }),
} as const satisfies Omit<MockApi, 'path'>;

/** Gemini's two methods; the model is in the path. */
export const GEMINI_STREAM: MockApi = {
  ...SHARED,
  path: '/v1beta/models/mock-llm:streamGenerateContent',
  pattern: /^\/v1(?:beta)?\/models\/[^/]+:streamGenerateContent$/,
  isStream: () => true,
};
export const GEMINI_WHOLE: MockApi = {
  ...SHARED,
  path: '/v1beta/models/mock-llm:generateContent',
  pattern: /^\/v1(?:beta)?\/models\/[^/]+:generateContent$/,
  isStream: () => false,
};

function part(kind: OutputKind, text: string): JsonObject {
  if (kind === 'tool') return { functionCall: { name: 'search', args: JSON.parse(text) } };
  return kind === 'reasoning' ? { text, thought: true } : { text };
}

function reason(plan: AnswerPlan): string {
  return endOf(plan, 0) === 'length' ? 'MAX_TOKENS' : 'STOP';
}

function answer(plan: AnswerPlan, parts: readonly JsonObject[], sent: number, finishReason: string | null): JsonObject {
  const thoughts = Math.min(sent, plan.reasoningTokens[0] as number);
  const prompt = plan.request.promptTokens;
  const counts = {
    promptTokenCount: prompt,
    candidatesTokenCount: sent - thoughts,
    totalTokenCount: prompt + sent,
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
  };
  const cached = plan.cachedTokens === null ? {} : { cachedContentTokenCount: plan.cachedTokens };
  const image = plan.request.pictureTokens;
  const modalities = [
    { modality: 'TEXT', tokenCount: prompt - image },
    ...(image > 0 ? [{ modality: 'IMAGE', tokenCount: image }] : []),
  ];
  const content = { parts, role: 'model' };
  return {
    candidates: [{ content, ...(finishReason === null ? {} : { finishReason }), index: 0 }],
    usageMetadata: usageOf(plan, counts, { ...cached, promptTokensDetails: modalities }),
    modelVersion: plan.request.model,
    responseId: plan.id,
  };
}

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

function error(code: number, detail: ErrorDetail = {}): string {
  const message = messageOf(detail, 'The request failed');
  return JSON.stringify({ error: { code, message, status: STATUSES[code] ?? 'INTERNAL' } });
}
