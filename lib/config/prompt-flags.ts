import { createFlagSet } from './node-flags.ts';
import { onOff } from './scalar-types.ts';

/** Settings that need a tokenizer, which no VU can afford: the command line and `prepare` have them, scripts do not. */
export const PROMPT_SETTINGS = createFlagSet({
  applyChatTemplate: {
    group: 'Workload',
    flag: 'apply-chat-template',
    type: onOff,
    defaultText: 'on where the API is of chats',
    help: 'Whether lengths include the chat template that lies beside tokenizer.json, as the service puts prompts into it.',
  },
});

export type PromptSettings = ReturnType<typeof PROMPT_SETTINGS.read>;

export const PROMPT_FLAGS = PROMPT_SETTINGS.specs;
