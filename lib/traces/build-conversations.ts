import type { ChatMessage, Turn } from '../dataset/prompt.ts';
import { type Milliseconds, roundToMicroseconds } from '../shared/units.ts';
import type { TraceRow } from './trace-row.ts';

/** One line of what `prepare trace` writes: a conversation, and when it starts since the first of the trace. */
export interface TraceLine {
  readonly id?: string;
  readonly start_ms?: Milliseconds;
  readonly turns: readonly Turn[];
}

/**
 * The rows of one session, as turns. A row whose prompt begins with all that was said before, and the answer, is what is new
 * in it; any other begins anew. Of rows whose lengths alone are known, what is longer than prompt and answer before is new.
 */
export function buildConversation(id: string | null, rows: readonly TraceRow[], origin: Milliseconds): TraceLine {
  const ordered = [...rows].sort((a, b) => (a.at_ms ?? 0) - (b.at_ms ?? 0));
  const [first] = ordered;
  const start = first?.at_ms ?? null;
  const turns = ordered.flatMap((row, place) => {
    const turn = place === 0 ? withoutRestart(row.turn) : continueTurn(row, ordered[place - 1] as TraceRow);
    const at =
      start === null || row.at_ms === null || place === 0 ? {} : { at_ms: roundToMicroseconds(row.at_ms - start) };
    return [{ ...turn, ...at }, ...(row.next ?? [])];
  });
  for (const [place, row] of ordered.entries()) {
    const reply = findReply(row, ordered[place + 1]);
    if (reply !== null && turns[place] !== undefined) turns[place] = { ...turns[place], reply };
  }
  return {
    ...(id === null ? {} : { id }),
    ...(start === null ? {} : { start_ms: roundToMicroseconds(start - origin) }),
    turns,
  };
}

function withoutRestart({ restarts: _, ...turn }: Turn): Turn {
  return turn;
}

function continueTurn(row: TraceRow, before: TraceRow): Turn {
  const { turn, input_tokens: input } = row;
  if (turn.restarts === true) return turn;
  if (input !== undefined && before.input_tokens !== undefined) {
    const fresh = input - before.input_tokens - (before.turn.output_tokens ?? 0);
    if (fresh <= 0) return { ...turn, restarts: true };
    return { ...turn, messages: turn.messages.map((message) => ({ ...message, tokens: fresh })) };
  }
  const count = before.turn.messages.length;
  if (!beginsWith(turn.messages, before.turn.messages)) return { ...turn, restarts: true };
  const fresh = turn.messages.slice(turn.messages[count]?.role === 'assistant' ? count + 1 : count);
  return fresh.length === 0 ? { ...turn, restarts: true } : { ...turn, messages: fresh };
}

/** The answer to a row, where the next one repeats it. */
function findReply(row: TraceRow, next: TraceRow | undefined): ChatMessage | null {
  if (next === undefined || row.input_tokens !== undefined || !beginsWith(next.turn.messages, row.turn.messages))
    return null;
  const said = next.turn.messages[row.turn.messages.length];
  return said?.role === 'assistant' ? said : null;
}

function beginsWith(messages: readonly ChatMessage[], start: readonly ChatMessage[]): boolean {
  return (
    messages.length > start.length &&
    start.every((message, i) => JSON.stringify(message) === JSON.stringify(messages[i]))
  );
}

/** Makes texts into their lengths, and equal texts into equal ones: the same hash means the same text. */
export function createAnonymiser(
  count: (text: string) => number,
  digest: (text: string) => string,
): (line: TraceLine, place: number) => TraceLine {
  const known = new Map<string, number>();
  const hide = (message: ChatMessage): ChatMessage => {
    const { role, content, tokens, blocks, block_tokens } = message;
    if (tokens !== undefined)
      return { role, content: undefined, tokens, ...(blocks === undefined ? {} : { blocks, block_tokens }) };
    const text = typeof content === 'string' ? content : JSON.stringify(content ?? message['tool_calls'] ?? '');
    const key = digest(text);
    const hash = known.get(key) ?? known.size;
    known.set(key, hash);
    const length = Math.max(1, count(text));
    // What a tool answers needs its call, whose names and arguments are texts.
    return {
      role: role === 'tool' ? 'user' : role,
      content: undefined,
      tokens: length,
      blocks: [hash],
      block_tokens: length,
    };
  };
  return (line, place) => ({
    ...(line.id === undefined ? {} : { id: String(place) }),
    ...(line.start_ms === undefined ? {} : { start_ms: line.start_ms }),
    turns: line.turns.map(({ reply, body: _, headers: __, messages, ...turn }) => ({
      ...turn,
      messages: messages.map(hide),
      ...(reply === undefined ? {} : { reply: hide(reply) }),
    })),
  });
}
