export type { OptionsToAdd } from '../../lib/library/add-options.ts';
export { chat, complete, embed, llmOptions, llmSummary, openChat } from '../../lib/library/k6-llm.ts';
export type {
  CallOptions,
  ChatRequest,
  CompletionRequest,
  ConversationOptions,
  EmbedAnswer,
  EmbedRequest,
  LlmAnswer,
  LlmConversation,
  LlmService,
  LlmSettings,
  Messages,
} from '../../lib/library/llm-types.ts';
