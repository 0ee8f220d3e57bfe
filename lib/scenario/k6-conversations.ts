import { SharedArray } from 'k6/data';
import { createRequestBuilder } from '../api/build-request.ts';
import { sumTurns, turnsBefore } from '../dataset/count-turns.ts';
import type { ChatMessage, Conversation, Turn } from '../dataset/prompt.ts';
import { fillIn, splitWords } from '../dataset/synthetic-message.ts';
import { hashText } from '../shared/random.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { CreateTalk } from './k6-scenario.ts';
import { turnGapOf } from './planned-requests.ts';
import { readReply } from './read-reply.ts';

/**
 * What scripts of conversations have beside the others: an iteration is a conversation, one request a turn, each with all
 * that was said before. A VU is a user: the next turn starts when the last one has been answered, and the user has thought.
 *
 * With `users` and a rate, a user starts a turn every users / rate seconds, whatever conversation it is of; one whose answer
 * is late starts the next at once, and goes on from there. A turn that does not complete abandons the conversation. Once a
 * duration is over no turn starts any more.
 */
export const createConversations: CreateTalk = (config, prompts) => {
  const sums = new SharedArray('llm turns', () => sumTurns(prompts())) as readonly number[];
  const { datasetOffset, durationS, sessionHeader } = config;
  const users = config.users ?? null;
  const lastStart = durationS === null ? Number.POSITIVE_INFINITY : durationS * 1000;
  const gapMs = turnGapOf(config);
  const salt = config.cacheBust === 'none' ? 0 : hashText(String(config.runId));
  let requestOf: ReturnType<typeof createRequestBuilder> | null = null;
  let words: readonly string[] | null = null;
  let startedMs: Milliseconds | null = null;
  const countRequests = (iterations: number): number =>
    turnsBefore(sums, datasetOffset + iterations) - turnsBefore(sums, datasetOffset);
  const fill = (message: ChatMessage, key: number): ChatMessage => {
    if (message['tokens'] === undefined) return message;
    words ??= splitWords();
    return fillIn(message, words, key, salt);
  };
  return {
    countRequests,
    fill: (prompt) => ({ ...prompt, messages: prompt.messages.map((message, i) => fill(message, -1 - i)) }),
    async iterate(first, ask, clock, beginMs) {
      const conversation = first.prompt as Conversation;
      const turns: readonly Turn[] = [conversation, ...(conversation.next ?? [])];
      const id = conversation.id === undefined ? String(first.index) : `${conversation.id}/${first.index}`;
      const isPrompt = config.dataset === 'trace' && turns.length === 1;
      const firstIndex = countRequests(first.index);
      let origin = first.due;
      let endMs: Milliseconds | null = null;
      let history: ChatMessage[] = [];
      for (const [place, turn] of turns.entries()) {
        const index = firstIndex + place;
        if (turn.restarts === true) history = [];
        history.push(...turn.messages.map((message, i) => fill(message, index * 16 + i)));
        const recorded =
          place === 0 ? first.due : turn.at_ms === undefined || origin === null ? null : origin + turn.at_ms;
        const ofUser =
          gapMs === null ? null : startedMs === null ? (first.index * gapMs) / (users as number) : startedMs + gapMs;
        // A turn whose time has passed when the one before it ends starts at once, and is not late.
        const isKept = recorded !== null && recorded >= (endMs ?? 0);
        const due = ofUser ?? (isKept ? recorded : afterDelay(endMs, turn));
        if ((due ?? clock.currentTestRunDuration - beginMs) >= lastStart) return;
        const answer = await ask({
          index,
          prompt: { ...turn, messages: history },
          due,
          isScheduled: ofUser !== null || (isKept && (place > 0 || first.isScheduled)),
          // A trace is of prompts, too.
          conversation: isPrompt ? undefined : { id, turn: place + 1, turns: turns.length },
          readsText: place + 1 < turns.length ? true : undefined,
          build: (prompt, running) => {
            const { body, headers } = turn;
            requestOf ??= createRequestBuilder(running);
            const build =
              body === undefined
                ? requestOf
                : createRequestBuilder({ ...running, extraArgs: { ...body, ...running.extraArgs } });
            // All turns of a conversation go to one server, and one model.
            const request = build(prompt, first.index);
            if (headers === undefined && !sessionHeader) return request;
            const session = sessionHeader ? { [sessionHeader]: id } : {};
            return { ...request, headers: { ...headers, ...request.headers, ...session } };
          },
        });
        if (answer === null) return;
        startedMs = answer.record.start_ms - beginMs;
        origin ??= startedMs;
        endMs = answer.record.end_ms - beginMs;
        if (answer.record.outcome !== 'completed') return;
        const reply = turn.reply ?? readReply(answer.received, answer.request);
        history.push(fill(reply, index * 16 + 15));
      }
    },
  };
};

/** null: at once. */
function afterDelay(endMs: Milliseconds | null, { delay_ms = 0 }: Turn): Milliseconds | null {
  return endMs === null || delay_ms === 0 ? null : endMs + delay_ms;
}
