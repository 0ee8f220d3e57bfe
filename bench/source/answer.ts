/** How events travel: each in an HTTP chunk of its own, as servers write them, or as one body that ends with its connection. */
export type Wire = 'chunks' | 'body';

/** Long enough that making a connection is no part of reading the answer. */
export const LONG_ANSWER_TOKENS = 4000;

/** Events beside the tokens: role, finish reason, usage, `[DONE]`. */
export const OTHER_EVENTS = 4;

/** Words of different lengths, some with what JSON escapes, as in real answers. */
const WORDS = [' the', ' of', ',', ' measure', '.', ' a', ' token', 'ing', ' "quoted', '"', '\n\n', ' 7', 's'];
/** One token in so many is not ASCII. */
const FOREIGN_EVERY = 97;

/**
 * The data of every event of one answer: OpenAI's chunks, about 210 bytes each, as vLLM writes them. The role stands before
 * the tokens; the finish reason, usage and `[DONE]` follow.
 */
export function answerEvents(tokens: number): string[] {
  const head = '{"id":"chatcmpl-6f1c0f4f2a8d4c1e9b3a7d5e","object":"chat.completion.chunk","created":1767225600,';
  const chunk = (delta: object, finish: string | null): string =>
    `${head}"model":"qwen2.5","choices":[{"index":0,"delta":${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}],"usage":null}`;
  const events = [chunk({ role: 'assistant', content: '' }, null)];
  for (let i = 0; i < tokens; i++) {
    const content = i % FOREIGN_EVERY === 50 ? ' naïve' : WORDS[i % WORDS.length];
    events.push(chunk({ content }, null));
  }
  events.push(chunk({}, 'stop'));
  const usage = { prompt_tokens: 26, total_tokens: 26 + tokens, completion_tokens: tokens };
  events.push(`${head}"model":"qwen2.5","choices":[],"usage":${JSON.stringify(usage)}}`);
  events.push('[DONE]');
  return events;
}

/** The events as they travel, the end of the body last. */
export function answerFrames(tokens: number, wire: Wire): string[] {
  const frames = answerEvents(tokens).map((data) => {
    const frame = `data: ${data}\n\n`;
    return wire === 'body' ? frame : `${Buffer.byteLength(frame).toString(16)}\r\n${frame}\r\n`;
  });
  return [...frames, wire === 'body' ? '' : '0\r\n\r\n'];
}

/** What stands before the events. */
export function prepareHead(wire: Wire): string {
  const encoding = wire === 'body' ? '' : 'Transfer-Encoding: chunked\r\n';
  return `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n${encoding}Connection: close\r\n\r\n`;
}
