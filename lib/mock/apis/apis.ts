import type { MockApi } from '../mock-api.ts';
import { ANTHROPIC_MESSAGES } from './anthropic-messages.ts';
import { CHAT, COMPLETIONS } from './openai-completions.ts';
import { OPENAI_RESPONSES } from './openai-responses.ts';

/** Every API that the mock speaks. */
export const APIS: readonly MockApi[] = [CHAT, COMPLETIONS, OPENAI_RESPONSES, ANTHROPIC_MESSAGES];
