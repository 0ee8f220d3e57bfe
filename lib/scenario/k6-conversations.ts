import { SharedArray } from 'k6/data';
import { sumTurns, turnsBefore } from '../dataset/count-turns.ts';
import type { ChatMessage, Conversation, Turn } from '../dataset/prompt.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { Asked, CreateTalk } from './k6-scenario.ts';
import { readReply } from './read-reply.ts';

/**
 * What scripts of conversations have beside the others: an iteration is a conversation, one request a turn, each with all
 * that was said before. A VU is a user: the next turn starts when the last one has been answered, and the user has thought.
 *
 * A turn that fails abandons the conversation. Once a duration is over no turn starts any more.
 */
export const createConversations: CreateTalk = (config, prompts) => {
  const sums = new SharedArray('turns', () => sumTurns(prompts())) as readonly number[];
  const { datasetOffset, durationS } = config;
  const lastStart = durationS === null ? Number.POSITIVE_INFINITY : durationS * 1000;
  const countRequests = (iterations: number): number =>
    turnsBefore(sums, datasetOffset + iterations) - turnsBefore(sums, datasetOffset);
  return {
    countRequests,
    async iterate(first, ask, clock, beginMs) {
      const conversation = first.prompt as Conversation;
      const turns: readonly Turn[] = [conversation, ...(conversation.next ?? [])];
      const id = conversation.id === undefined ? String(first.index) : `${conversation.id}/${first.index}`;
      const firstIndex = countRequests(first.index);
      const history: ChatMessage[] = [];
      let { due, isScheduled } = first;
      for (const [place, turn] of turns.entries()) {
        history.push(...turn.messages);
        if ((due ?? clock.currentTestRunDuration - beginMs) >= lastStart) return;
        const hasNext = place + 1 < turns.length;
        const asked: Asked = {
          index: firstIndex + place,
          prompt: { ...turn, messages: history },
          due,
          isScheduled,
          conversation: { id, turn: place + 1, turns: turns.length },
          readsText: hasNext ? true : undefined,
        };
        const answer = await ask(asked);
        if (answer === null || answer.record.outcome !== 'completed') return;
        history.push(turn.reply ?? readReply(answer.received, answer.request));
        due = nextStart(answer.record.end_ms - beginMs, turns[place + 1]);
        isScheduled = false;
      }
    },
  };
};

/** null: at once. */
function nextStart(endMs: Milliseconds, next: Turn | undefined): Milliseconds | null {
  const delay = next?.delay_ms ?? 0;
  return delay === 0 ? null : endMs + delay;
}
