import type { MockApi } from '../mock-api.ts';
import { ANTHROPIC_MESSAGES } from './anthropic-messages.ts';
import { GEMINI_STREAM, GEMINI_WHOLE } from './gemini.ts';
import { EMBEDDINGS, RERANK, TEI_EMBED, TEI_RERANK } from './inputs.ts';
import { OLLAMA_CHAT } from './ollama-chat.ts';
import { CHAT, COMPLETIONS } from './openai-completions.ts';
import { OPENAI_RESPONSES } from './openai-responses.ts';
import { TGI_STREAM, TGI_WHOLE } from './tgi-generate.ts';

/** Every API that the mock speaks. */
export const APIS: readonly MockApi[] = [
  CHAT,
  COMPLETIONS,
  OPENAI_RESPONSES,
  ANTHROPIC_MESSAGES,
  GEMINI_STREAM,
  GEMINI_WHOLE,
  OLLAMA_CHAT,
  TGI_STREAM,
  TGI_WHOLE,
  EMBEDDINGS,
  TEI_EMBED,
  RERANK,
  TEI_RERANK,
];
