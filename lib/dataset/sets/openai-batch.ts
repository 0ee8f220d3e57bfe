import { isObject } from '../../shared/json.ts';
import type { Dataset } from '../dataset.ts';
import { objectFormat } from '../json-formats.ts';
import { type PromptResult, readCustomFields } from '../prompt-fields.ts';

/** The file that OpenAI's Batch API takes: the messages of each request and its limit; everything else is the run's. */
export function openaiBatch() {
  return {
    name: 'openai-batch',
    file: null,
    exampleFile: 'batch.jsonl',
    content: 'none',
    written: 'JSON lines with a `body` that has `messages` or `prompt`, and `max_tokens` if wanted',
    key: 'custom_id',
    formatOf: () => ({
      ...objectFormat('prompt', 'one request a line: {"custom_id": …, "body": {"messages": …}}', readRequest),
      formatLine: (text) =>
        JSON.stringify({
          custom_id: 'request-1',
          method: 'POST',
          url: '/v1/chat/completions',
          body: { messages: [{ role: 'user', content: text }] },
        }),
    }),
  } as const satisfies Dataset;
}

function readRequest(given: unknown): PromptResult {
  if (!isObject(given) || !isObject(given['body'])) return 'a line without a "body" that is a JSON object';
  const { messages, prompt, max_tokens, max_completion_tokens } = given['body'];
  return readCustomFields({ messages, prompt, max_tokens: max_completion_tokens ?? max_tokens });
}
