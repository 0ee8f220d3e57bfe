import type { ChatMessage, Prompt } from '../dataset/prompt.ts';
import type { Tokenizer } from './node-tokenizer.ts';

/** What happens to prompts that are shorter or longer than they should be. */
export interface PromptShape {
  /** Tokens of the text of a prompt, without the chat template, as in evalscope. */
  readonly target: number;
  /** Of shorter ones: `cap` keeps them, `drop` leaves them out. */
  readonly mode: 'cap' | 'drop';
  /** What fills shorter ones up to the target; null: nothing does. */
  readonly prefix: { readonly text: string; readonly role: 'system' | 'user' } | null;
}

type Coder = Pick<Tokenizer, 'count' | 'encode' | 'decode'>;

/** So often a text is made anew whose tokens, decoded, are not as many. */
const MOST_ROUNDS = 10;

/**
 * Makes a prompt as long as it should be, by evalscope's rules: a longer one is cut at its end, and gets no prefix; a shorter one
 * gets what the prefix has for the rest. Several messages are never cut: together they may be as long as the target, or the
 * prompt is left out.
 *
 * @returns null for a prompt that is left out
 */
export function createPromptShaper(
  { target, mode, prefix }: PromptShape,
  coder: Coder,
): (prompt: Prompt) => Prompt | null {
  const filling = prefix === null ? [] : coder.encode(prefix.text);
  return (prompt) => {
    const texts = prompt.messages.map(({ content }) => (typeof content === 'string' ? content : null));
    if (texts.includes(null)) return null;
    const tokens = texts.reduce((sum, text) => sum + coder.count(text as string), 0);
    const { input_tokens: _, ...rest } = prompt;
    if (tokens > target) {
      const [message, ...others] = prompt.messages as readonly [ChatMessage, ...ChatMessage[]];
      return others.length > 0
        ? null
        : { ...rest, messages: [{ ...message, content: cutText(String(message.content), target, coder) }] };
    }
    if (tokens === target) return rest;
    if (mode === 'drop') return null;
    return prefix === null
      ? rest
      : { ...rest, messages: withPrefix(prompt.messages, target, filling, prefix.role, coder) };
  };
}

/** The first tokens of a text, at most so many. */
export function cutText(text: string, tokens: number, { count, encode, decode }: Coder): string {
  const ids = encode(text);
  if (ids.length <= tokens) return text;
  for (let kept = tokens; kept > 0; kept--) {
    // Half a character at the end is none.
    const cut = decode(ids.slice(0, kept)).replace(/\uFFFD+$/, '');
    if (count(cut) <= tokens) return cut;
  }
  return '';
}

/** As much of the filling in front as the messages lack, in a message of the system or in the first one. */
function withPrefix(
  messages: readonly ChatMessage[],
  target: number,
  filling: readonly number[],
  role: 'system' | 'user',
  coder: Coder,
): ChatMessage[] {
  const [first, ...others] = messages as readonly [ChatMessage, ...ChatMessage[]];
  const join = (text: string): ChatMessage[] =>
    role === 'system'
      ? [{ role, content: text }, ...messages]
      : [{ ...first, content: `${text}${first.content}` }, ...others];
  const countAll = (all: readonly ChatMessage[]): number =>
    all.reduce((sum, { content }) => sum + coder.count(String(content)), 0);
  let length = target - countAll(messages);
  let best = [...messages];
  for (let round = 0; round < MOST_ROUNDS && length > 0; round++) {
    const ids = Array.from({ length }, (_, index) => filling[index % filling.length] as number);
    const joined = join(coder.decode(ids));
    const missing = target - countAll(joined);
    if (missing >= 0) best = joined;
    if (missing === 0) break;
    length += missing;
  }
  return best;
}
