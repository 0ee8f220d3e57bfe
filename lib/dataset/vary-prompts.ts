import type { RunConfig } from '../config/parameters.ts';
import { createRandom, hashText, mixSeed } from '../shared/random.ts';
import type { ChatMessage, Conversation, Turn } from './prompt.ts';

/** The seed of prompts that are made: where a run is to be met by no cache, another one for each run. */
export function seedOf({ seed, cacheBust, runId }: RunConfig): number {
  return cacheBust === 'none' ? seed : mixSeed(seed, hashText(`${runId}`));
}

/**
 * The prompts of a run as it sends them: each with a length for its answer where `max-tokens` is a range, and with the run's
 * mark. Where a run goes round its dataset, each round is in the list, with a mark of its own.
 *
 * @param count how many prompts a run sends that knows it
 * @param isMarked whether they have the mark already, since they were made for this run
 */
export function varyPrompts(
  prompts: readonly Conversation[],
  config: RunConfig,
  count: number,
  isMarked: boolean,
): readonly Conversation[] {
  const { fewestMaxTokens, maxTokens, cacheBust, seed, runId } = config;
  const isMarking = cacheBust !== 'none' && !isMarked;
  if (fewestMaxTokens === null && !isMarking) return prompts;
  const rounds = isMarking ? Math.ceil(count / prompts.length) || 1 : 1;
  return Array.from({ length: rounds * prompts.length }, (_, place) => {
    const { next, ...first } = prompts[place % prompts.length] as Conversation;
    const source = createRandom(mixSeed(seed, place));
    const mark = `[${hashText(`${runId} ${Math.floor(place / prompts.length)}`).toString(16)}]`;
    const vary = <Of extends Turn>(turn: Of, turnIndex: number): Of => ({
      ...(fewestMaxTokens !== null && { max_tokens: source.integer(fewestMaxTokens, maxTokens) }),
      ...turn,
      ...(isMarking && { messages: markMessages(turn.messages, mark, cacheBust === 'suffix', turnIndex) }),
    });
    return { ...vary(first, 0), ...(next && { next: next.map((turn, index) => vary(turn, index + 1)) }) };
  });
}

/** The mark in front of the first message of a conversation, or after the last one of each turn. */
function markMessages(messages: readonly ChatMessage[], mark: string, isSuffix: boolean, turn: number): ChatMessage[] {
  const marked = [...messages];
  const place = isSuffix ? messages.length - 1 : 0;
  const message = marked[place];
  // A text that a run makes of its length is of that run.
  if (message === undefined || message['tokens'] !== undefined || (!isSuffix && turn > 0)) return marked;
  const { content } = message;
  const join = <Of>(own: Of, other: Of): Of[] => (isSuffix ? [other, own] : [own, other]);
  marked[place] = {
    ...message,
    content: Array.isArray(content)
      ? join<unknown>([{ type: 'text', text: mark }], content).flat()
      : join(mark, String(content ?? '')).join(' '),
  };
  return marked;
}

/** What a reader of the numbers has to know where a run sends prompts twice; `sent` is null where only time bounds it. */
export function describeRepeats(
  { cacheBust, prompt }: Pick<RunConfig, 'cacheBust' | 'prompt'>,
  prompts: number,
  sent: number | null,
): string[] {
  if (cacheBust !== 'none' || prompt !== null || sent === null || sent <= prompts) return [];
  const share = Math.round((1 - prompts / sent) * 100);
  return [
    `${share} % of the ${sent} prompts repeat earlier ones of this run, which the service's prefix cache may hold; --cache-bust prefix (CACHE_BUST) makes each round new.`,
  ];
}
