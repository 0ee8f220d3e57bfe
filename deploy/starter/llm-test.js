// A load test of an LLM service: k6 run -e URL=http://127.0.0.1:8000/v1 -e MODEL=qwen2.5 llm-test.js
import { check } from 'k6';
import { llmOptions, llmSummary, openChat } from './llm.js';

const service = openChat({
  url: __ENV.URL || 'http://127.0.0.1:8000/v1',
  model: __ENV.MODEL || 'qwen2.5',
  maxTokens: 128,
  ...(__ENV.API_KEY ? { apiKey: __ENV.API_KEY } : {}),
  tags: { step: 'chat' },
});

const QUESTIONS = ['What is a load test?', 'Why do percentiles say more than a mean?', 'What is a queue?'];

export const options = llmOptions(
  { scenarios: { users: { executor: 'constant-vus', vus: 4, duration: '1m' } } },
  { thresholds: JSON.parse(open('./thresholds.json')) },
);

export default async function () {
  const answer = await service.chat(QUESTIONS[__ITER % QUESTIONS.length]);
  check(answer, { 'the answer is complete': ({ ok }) => ok });
}

// Your own handleSummary may return { ...llmSummary(data), 'more.json': … }.
export const handleSummary = llmSummary;
