import type { Prompt } from './prompt.ts';

/** The text of every message of a prompt: of contents in parts only the text parts count; images and the like have no text. */
export function contentTexts({ messages }: Prompt): string[] {
  return messages.map(({ content }) => {
    if (typeof content === 'string') return content;
    return Array.isArray(content) ? content.map(partText).join('') : '';
  });
}

function partText(part: unknown): string {
  if (typeof part !== 'object' || part === null || !('text' in part)) return '';
  return typeof part.text === 'string' ? part.text : '';
}
