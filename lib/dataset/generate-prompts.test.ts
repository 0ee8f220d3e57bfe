import { describe, expect, it } from 'vitest';
import { generatePrompts } from './generate-prompts.ts';
import { promptText } from './prompt-text.ts';

describe('generatePrompts', () => {
  it.each([0, 1, 4, 7, 1000])(
    'gives request i of offset %d prompt offset + i, and the connection test its own',
    (offset) => {
      const prompts = generatePrompts({ datasetOffset: offset }, 4, (index) => ({
        messages: [{ role: 'user', content: `number ${index}` }],
      }));
      const at = (request: number): string => promptText(prompts[(offset + request) % prompts.length] as never);
      expect([0, 1, 2, 3].map(at)).toEqual([0, 1, 2, 3].map((request) => `number ${offset + request}`));
      // As connection-prompt.ts counts.
      expect(at(prompts.length - 1)).toBe('number -1');
      expect(prompts).toHaveLength(5);
    },
  );
});
