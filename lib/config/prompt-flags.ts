import { createFlagSet } from './node-flags.ts';
import { choice, integer, onOff, text } from './scalar-types.ts';

/** Settings that need a tokenizer, which no VU can afford: the command line has them, scripts do not. */
export const PROMPT_SETTINGS = createFlagSet({
  applyChatTemplate: {
    group: 'Workload',
    type: onOff,
    defaultText: 'on where the API is of chats',
    help: 'Whether lengths include the chat template that lies beside tokenizer.json, as the service puts prompts into it.',
  },
  tokenizePrompt: {
    type: onOff,
    default: false,
    help: 'Sends token ids of --tokenizer in place of texts, to /v1/completions.',
  },
  targetInputLen: {
    type: integer(1),
    example: ['1024'],
    help: 'Cuts longer prompts of a dataset to this many tokens of --tokenizer.',
  },
  inputLenMode: {
    type: choice(['cap', 'drop']),
    default: 'cap',
    example: ['drop'],
    help: 'What happens to prompts shorter than target-input-len: cap keeps them, drop leaves them out.',
  },
  prefixFile: {
    type: text('the path of a file with text'),
    example: ['manual.txt'],
    help: 'Fills shorter prompts up to target-input-len with the beginning of this text, again and again if need be.',
  },
  prefixRole: {
    type: choice(['system', 'user']),
    default: 'system',
    example: ['user'],
    help: 'Where that text goes: into a system message, or in front of the first message.',
  },
});

export type PromptSettings = ReturnType<typeof PROMPT_SETTINGS.read>;

export const PROMPT_FLAGS = PROMPT_SETTINGS.specs;

/** Those that are given, as `benchmark_args.json` has them. */
export function showPromptSettings(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const given = PROMPT_FLAGS.filter(({ env }) => (settings[env] ?? '') !== '');
  return Object.fromEntries(given.map(({ env, flag }) => [flag.replace(/-/g, '_'), settings[env] as string]));
}
