import type { CustomApi } from 'k6-llm-perf';

/** A service that takes `{"ask": "...", "limit": 100}`, and streams `data: {"word": " Hello"}`, at last `{"end": true, "words": 12}`. */
const api: CustomApi = {
  name: 'my-api',
  headers: ({ apiKey }) => (apiKey === null ? {} : { 'x-my-key': apiKey }),
  body: ({ messages }, { model, maxTokens, stream }) => ({
    model,
    stream,
    limit: maxTokens,
    ask: messages.map(({ content }) => content).join('\n'),
  }),
  readEvent(data) {
    const { word, end, words, problem } = JSON.parse(data);
    if (problem !== undefined) return { error: problem };
    if (end === true) return { finishReason: 'stop', outputTokens: words };
    return { text: word };
  },
  isEnd: (data) => data.includes('"end"'),
  readWhole(body) {
    const { answer, words } = JSON.parse(body);
    return { text: answer, finishReason: 'stop', outputTokens: words };
  },
};

export default api;
