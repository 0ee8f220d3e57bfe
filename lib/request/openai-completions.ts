import type { RunConfig } from '../config/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { buildBody } from './generation-parameters.ts';

/**
 * The body of `POST /v1/completions`: the texts of all messages as one prompt, a blank line between them, since this
 * API knows no roles.
 */
export function buildCompletionsBody(prompt: Prompt, config: RunConfig): Record<string, unknown> {
  const text = prompt.messages
    .map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)))
    .join('\n\n');
  return buildBody({ prompt: text }, prompt, config);
}
