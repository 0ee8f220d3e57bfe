import type { JsonObject } from '../../shared/json.ts';
import { type AnswerPlan, endOf, outputText, planOutputs, wholeArguments, wholeOutputs } from '../answer-plan.ts';
import { BadRequest, type MockApi, messageOf } from '../mock-api.ts';
import { usageOf } from '../usage.ts';

/** Ollama's chat: a stream unless the body says no, in lines of JSON, the last of which has the counts. */
export const OLLAMA_CHAT: MockApi = {
  path: '/api/chat',
  idPrefix: 'ollama-',
  keyHeader: 'authorization',
  promptFields: ['messages'],
  picturesIn: ({ images }) => (Array.isArray(images) ? images : []),
  limitFields: ['num_predict'],
  limitsIn: 'options',
  otherFields: ['model', 'stream', 'format', 'tools', 'think', 'keep_alive'],
  isLines: true,
  isStream: ({ stream }) => stream !== false,
  check({ model, messages }) {
    if (typeof model !== 'string' || model === '') throw new BadRequest('model is required');
    if (!Array.isArray(messages)) {
      throw new BadRequest('json: cannot unmarshal into Go struct field ChatRequest.messages of type []api.Message');
    }
  },
  *events(plan) {
    let due = plan.ttft;
    for (const output of planOutputs(plan)) {
      due = output.due;
      const text = outputText(plan, output);
      // A call comes whole.
      if (output.kind === 'tool' && !output.isLast) continue;
      const message = output.kind === 'tool' ? part('tool', wholeArguments(plan)) : part(output.kind, text);
      yield { due, kind: output.kind, tokens: output.to - output.from, data: line(plan, message, { done: false }) };
    }
    yield { due, kind: 'done', tokens: 0, data: line(plan, { content: '' }, ending(plan)) };
  },
  whole(plan) {
    const parts = wholeOutputs(plan, 0).map(({ kind, text }) => part(kind, text));
    return JSON.parse(line(plan, Object.assign({ content: '' }, ...parts), ending(plan))) as JsonObject;
  },
  error: (_, detail = {}) => JSON.stringify({ error: messageOf(detail, 'the server had an error') }),
  failure: (_, { message = 'an error was encountered while running the model' }) => ({
    data: JSON.stringify({ error: message }),
  }),
  late: (plan) => ({ data: line(plan, { content: ' late' }, { done: false }) }),
};

function part(kind: 'content' | 'reasoning' | 'tool', text: string): JsonObject {
  if (kind === 'content') return { content: text };
  if (kind === 'reasoning') return { content: '', thinking: text };
  return { content: '', tool_calls: [{ function: { name: 'search', arguments: JSON.parse(text) } }] };
}

function line({ request, created }: AnswerPlan, message: JsonObject, rest: JsonObject): string {
  // Nanoseconds differ from line to line, as the service writes them.
  const created_at = new Date(created * 1000).toISOString().replace('Z', `${Math.floor(Math.random() * 1e6)}Z`);
  return JSON.stringify({ model: request.model, created_at, message: { role: 'assistant', ...message }, ...rest });
}

function ending(plan: AnswerPlan): JsonObject {
  const counts = { prompt_eval_count: plan.request.promptTokens, eval_count: plan.choiceTokens[0] as number };
  const usage = usageOf(plan, counts) ?? {};
  const durations = { total_duration: 2e9, load_duration: 1e6, prompt_eval_duration: 1e8, eval_duration: 1e9 };
  return {
    done_reason: endOf(plan, 0) === 'length' ? 'length' : 'stop',
    done: true,
    ...durations,
    ...(usage as object),
  };
}
