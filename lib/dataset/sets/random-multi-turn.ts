import { CONVERSATION_TABLE, RANDOM_TURNS_TABLE } from '../../config/conversation-table.ts';
import { completeRows } from '../../config/parameter.ts';
import { SYNTHETIC_TABLE } from '../../config/synthetic-table.ts';
import { arrangeConversations } from '../arrange-conversations.ts';
import { chooseLengths } from '../choose-lengths.ts';
import { createConversationFormat } from '../conversation-format.ts';
import type { Dataset } from '../dataset.ts';
import { generatePrompts } from '../generate-prompts.ts';
import { findLengthProblems } from '../length-problems.ts';
import type { Conversation, Turn } from '../prompt.ts';
import { createSyntheticParts } from '../synthetic-parts.ts';
import { seedOf } from '../vary-prompts.ts';

/** Conversations of random words: so many turns, each as long as it is asked to be. */
export function randomMultiTurn(): Dataset & { readonly name: 'random-multi-turn' } {
  return {
    name: 'random-multi-turn',
    file: null,
    exampleFile: 'conversations.jsonl',
    content:
      'conversations of random words, made by seed: `min-turns` to `max-turns` turns, their lengths as those of random',
    written: 'as `multi-turn`',
    parameters: completeRows({ ...SYNTHETIC_TABLE, ...CONVERSATION_TABLE, ...RANDOM_TURNS_TABLE }),
    formatOf: createConversationFormat,
    arrange: arrangeConversations,
    generate(config, count, style) {
      const { minTurns, maxTurns } = config;
      const problems = findLengthProblems(config, style);
      if (maxTurns === null || maxTurns < minTurns) {
        const most = Math.max(minTurns, 3);
        problems.push({
          key: 'MAX_TURNS (--max-turns)',
          got: maxTurns === null ? 'nothing' : `${maxTurns}, less than min-turns ${minTurns}`,
          allowed: `how many turns a conversation has at the most, from ${minTurns}`,
          paste: style === 'flag' ? `--max-turns ${most}` : `-e MAX_TURNS=${most}`,
        });
      }
      if (problems.length > 0) return { prompts: [], problems, notes: [] };
      const { makeText, sourceOf, prefixOf, drawInput, drawLimit } = createSyntheticParts(config, seedOf(config));
      const prompts = generatePrompts(config, count, (index) => {
        const source = sourceOf(index);
        const turns = Array.from({ length: source.integer(minTurns, maxTurns as number) }, (_, place): Turn => {
          const { input, output } = chooseLengths(config, source);
          const asked = (place === 0 ? config.firstTurnLength : config.turnLength) ?? input;
          const own = drawInput(asked, source) + (place === 0 ? config.conversationPrefixLength : 0);
          return {
            messages: [{ role: 'user', content: makeText(source, own) }],
            ...drawLimit(output, source),
          };
        });
        const [first, ...next] = turns as [Turn, ...Turn[]];
        const prefix = prefixOf(index);
        const system = prefix === null ? [] : [{ role: 'system', content: prefix }];
        return { ...first, messages: [...system, ...first.messages], next } satisfies Conversation;
      });
      return { prompts, problems: [], notes: [] };
    },
  };
}
