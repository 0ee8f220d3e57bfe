import { contentTexts } from './content-texts.ts';
import type { Prompt } from './prompt.ts';

/** The text of a prompt, for counting tokens: the contents of its messages, a line each. */
export function promptText(prompt: Prompt): string {
  return contentTexts(prompt).join('\n');
}

/** Length of a prompt as the length filter takes it: tokens where somebody counted them, else characters (code points). */
export function promptLength(prompt: Prompt): number {
  return prompt.input_tokens ?? contentTexts(prompt).reduce((sum, text) => sum + countCodePoints(text), 0);
}

/** The same in units of UTF-16, whatever was counted: the most that the length in code points can be, and at most twice that. */
export function promptUnits(prompt: Prompt): number {
  return contentTexts(prompt).reduce((sum, text) => sum + text.length, 0);
}

function countCodePoints(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length - 1; at += 1) {
    const isPair = (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (isPair) pairs += 1;
  }
  return text.length - pairs;
}
