import { expect, it } from 'vitest';
import type { Dataset } from './dataset.ts';
import { parsePrompts } from './parse-prompts.ts';
import { promptText } from './prompt-text.ts';
import { alpaca } from './sets/alpaca.ts';
import { openaiBatch } from './sets/openai-batch.ts';
import { sharegpt } from './sets/sharegpt.ts';

const read = (dataset: Dataset, value: unknown) => parsePrompts(dataset, dataset.exampleFile, JSON.stringify(value));
const texts = (dataset: Dataset, value: unknown): string[] =>
  read(dataset, value).prompts.map(({ prompt }) => promptText(prompt));

it('alpaca puts the input after the instruction', () => {
  const rows = [
    { instruction: 'Name three colours.', input: '', output: 'Red …' },
    { instruction: 'Translate.', input: 'Guten Tag', output: 'Good day' },
  ];
  expect(texts(alpaca(), rows)).toEqual(['Name three colours.', 'Translate.\n\nGuten Tag']);
  expect(read(alpaca(), [{ instruction: 'x', input: 5 }]).problems[0]?.got).toContain('an "input" that is not text');
});

it('sharegpt sends the first question, in the shape of ShareGPT and in that of evalscope', () => {
  const from = (who: string, value: string) => ({ from: who, value });
  const shared = { id: 'a', conversations: [from('human', 'Hi?'), from('gpt', 'Yes.'), from('human', 'More?')] };
  const evalscope = {
    conversation_id: 'b',
    conversation: [
      { human: 'Na?', assistant: 'Ja.' },
      { human: 'x', assistant: 'y' },
    ],
  };
  expect(texts(sharegpt(), [shared, evalscope])).toEqual(['Hi?', 'Na?']);
  expect(read(sharegpt(), [shared]).prompts[0]?.prompt).not.toHaveProperty('next');
});

it('openai-batch takes messages and limit of each body', () => {
  const body = { model: 'gpt', messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 9, temperature: 1 };
  const line = { custom_id: '1', method: 'POST', url: '/v1/chat/completions', body };
  expect(read(openaiBatch(), line).prompts[0]?.prompt).toEqual({ messages: body.messages, max_tokens: 9 });
  expect(read(openaiBatch(), { custom_id: '1' }).problems[0]?.got).toContain('without a "body"');
});
