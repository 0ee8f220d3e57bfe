/** How events travel: each in an HTTP chunk of its own, as servers write them, or as one body that ends with its connection. */
export type Wire = 'chunks' | 'body';

export interface AnswerShape {
  /** Events with output; three more follow (finish reason, usage, `[DONE]`) and one stands before (the role). */
  readonly tokens: number;
  readonly wire: Wire;
}

/** Words of different lengths, some with what JSON escapes, as in real answers. */
const WORDS = [' the', ' of', ',', ' measure', '.', ' a', ' token', 'ing', ' "quoted', '"', '\n\n', ' über', ' 7', 's'];

/** The data of every event of one answer: OpenAI's chunks, about 230 bytes each, as vLLM writes them. */
export function answerEvents(tokens: number): string[] {
  const head = '{"id":"chatcmpl-6f1c0f4f2a8d4c1e9b3a7d5e","object":"chat.completion.chunk","created":1767225600,';
  const chunk = (delta: object, finish: string | null): string =>
    `${head}"model":"qwen2.5","choices":[{"index":0,"delta":${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}],"usage":null}`;
  const events = [chunk({ role: 'assistant', content: '' }, null)];
  for (let i = 0; i < tokens; i++) events.push(chunk({ content: WORDS[(i * 7) % WORDS.length] }, null));
  events.push(chunk({}, 'stop'));
  const usage = { prompt_tokens: 26, total_tokens: 26 + tokens, completion_tokens: tokens };
  events.push(`${head}"model":"qwen2.5","choices":[],"usage":${JSON.stringify(usage)}}`);
  events.push('[DONE]');
  return events;
}

/** A whole HTTP response, head and events, as bytes. */
export function prepareAnswer({ tokens, wire }: AnswerShape): Buffer {
  const frames = answerEvents(tokens).map((data) => {
    const frame = `data: ${data}\n\n`;
    return wire === 'body' ? frame : `${Buffer.byteLength(frame).toString(16)}\r\n${frame}\r\n`;
  });
  const encoding = wire === 'body' ? '' : 'Transfer-Encoding: chunked\r\n';
  const end = wire === 'body' ? '' : '0\r\n\r\n';
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n${encoding}Connection: close\r\n\r\n`;
  return Buffer.from(`${head}${frames.join('')}${end}`);
}
