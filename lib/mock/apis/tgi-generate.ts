import type { JsonObject } from '../../shared/json.ts';
import { type AnswerPlan, endOf, outputText, planOutputs, wholeOutputs } from '../answer-plan.ts';
import { BadRequest, type ErrorDetail, type MockApi, messageOf } from '../mock-api.ts';

const SHARED = {
  idPrefix: 'tgi-',
  keyHeader: 'authorization',
  promptFields: ['inputs'],
  limitFields: ['max_new_tokens'],
  limitsIn: 'parameters',
  otherFields: [],
  textOnly: true,
  check({ inputs }: JsonObject) {
    if (typeof inputs !== 'string') {
      throw new BadRequest('Failed to deserialize the JSON body into the target type: missing field `inputs`');
    }
  },
  *events(plan: AnswerPlan) {
    let index = 0;
    for (const output of planOutputs(plan)) {
      index += output.to - output.from;
      const text = outputText(plan, output);
      const end = output.isLast ? { generated_text: wholeText(plan), details: details(plan) } : {};
      const data = token(index, text, end);
      yield { due: output.due, kind: output.kind, tokens: output.to - output.from, data };
    }
  },
  whole: (plan: AnswerPlan) => ({
    generated_text: wholeText(plan),
    ...((plan.request.body['parameters'] as JsonObject | undefined)?.['details'] === true
      ? { details: { ...details(plan), prefill: [], tokens: [] } }
      : {}),
  }),
  error,
  failure: (_: AnswerPlan, detail: ErrorDetail) => ({ data: error(500, detail) }),
  late: () => ({ data: token(1, ' late', {}) }),
} as const satisfies Omit<MockApi, 'path'>;

/** text-generation-inference: a token an event, and with the last one the text and its details. */
export const TGI_STREAM: MockApi = { ...SHARED, path: '/generate_stream', isStream: () => true };
export const TGI_WHOLE: MockApi = { ...SHARED, path: '/generate', isStream: () => false };

function wholeText(plan: AnswerPlan): string {
  return wholeOutputs(plan, 0)[0]?.text ?? '';
}

function token(index: number, text: string, end: JsonObject): string {
  const value = { id: 1000 + index, text, logprob: -index / 7, special: false };
  return JSON.stringify({ index, token: value, generated_text: null, details: null, ...end });
}

function details(plan: AnswerPlan): JsonObject | null {
  if (plan.options.usage === 'off') return null;
  return {
    finish_reason: endOf(plan, 0) === 'length' ? 'length' : 'eos_token',
    generated_tokens: plan.choiceTokens[0],
    seed: null,
    input_length: plan.request.promptTokens,
  };
}

function error(status: number, detail?: ErrorDetail): string {
  return huggingFaceError(status, ['generation', 'Request failed during generation'], detail);
}

/** An error as Hugging Face's servers write it. @param ownFault what the server's own faults are called, and the usual words */
export function huggingFaceError(
  status: number,
  [ownFault, usual]: readonly [type: string, words: string],
  detail: ErrorDetail = {},
): string {
  const error_type = status === 429 ? 'overloaded' : status < 500 ? 'validation' : ownFault;
  return JSON.stringify({ error: messageOf(detail, usual), error_type });
}
