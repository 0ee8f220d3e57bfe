import type { RunConfig } from '../config/parameters.ts';
import type { Prompt } from '../dataset/prompt.ts';

/** So many characters at the start are a block of a prefix cache: vLLM's has 16 tokens. */
const CACHED_CHARACTERS = 64;

/** The prompt of the connection test: the one before the run's first, round the dataset, which the run reaches last. */
export function connectionPromptIndex(config: Pick<RunConfig, 'datasetOffset'>, promptCount: number): number {
  return (config.datasetOffset + promptCount - 1) % promptCount;
}

/**
 * What a reader has to know where the service may have the prompt of the test in its prefix cache when it is measured.
 *
 * @param requests how many the run sends, warm-up included; null when only time bounds it
 * @returns null when no measured prompt begins like it
 */
export function describeCachedPrompt(
  config: Pick<RunConfig, 'datasetOffset' | 'noTestConnection'>,
  prompts: readonly Prompt[],
  requests: number | null,
): string | null {
  if (config.noTestConnection || prompts.length === 0) return null;
  const index = connectionPromptIndex(config, prompts.length);
  if (prompts.length === 1) {
    return 'The connection test sent the only prompt, which the service may have cached; --no-test-connection (NO_TEST_CONNECTION=true) leaves the test out.';
  }
  if (requests === null || requests >= prompts.length) {
    const when = requests === null ? 'is measured when the dataset repeats' : 'is measured too';
    return `The connection test sent prompt ${index + 1} of the dataset, which ${when}; the service may have cached it.`;
  }
  const start = startOf(prompts[index] as Prompt);
  let alike = 0;
  for (let i = 0; i < requests; i++) {
    const other = startOf(prompts[(config.datasetOffset + i) % prompts.length] as Prompt);
    if (start.length >= CACHED_CHARACTERS ? other === start : other.startsWith(start)) alike += 1;
  }
  if (alike === 0) return null;
  return `The connection test sent a prompt that begins like ${alike} of those that are measured; the service may have cached that beginning.`;
}

function startOf({ messages }: Prompt): string {
  let text = '';
  for (const message of messages) {
    const { role, content } = message;
    text += `${role}\n${typeof content === 'string' ? content : JSON.stringify(content ?? message)}\n`;
    if (text.length >= CACHED_CHARACTERS) break;
  }
  return text.slice(0, CACHED_CHARACTERS);
}
