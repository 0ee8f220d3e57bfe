/**
 * The number of prompt tokens the mock counts: a quarter of the characters, rounded up, at least 1.
 *
 * Characters are UTF-16 units of all message contents (only the `text` of parts counts), or of the prompt; a prompt
 * of several texts is their sum. A prompt of token ids counts its ids.
 * @param prompts what the fields of the prompt hold; undefined for one that is not there
 */
export function countPromptTokens(prompts: readonly unknown[]): number {
  const ids = prompts[0];
  if (Array.isArray(ids) && ids.length > 0 && ids.every((part) => typeof part === 'number')) return ids.length;
  return Math.max(1, Math.ceil(countCharacters(prompts) / 4));
}

function countCharacters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, part) => sum + countCharacters(part), 0);
  if (typeof value !== 'object' || value === null) return 0;
  const { content, text } = value as { content?: unknown; text?: unknown };
  return countCharacters(content) + countCharacters(text);
}
