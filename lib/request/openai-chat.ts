import type { RunConfig } from '../config/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { buildBody } from './generation-parameters.ts';

/** The body of `POST /v1/chat/completions`: the prompt's messages as they are. */
export function buildChatBody(prompt: Prompt, config: RunConfig): Record<string, unknown> {
  return buildBody({ messages: prompt.messages }, prompt, config);
}
