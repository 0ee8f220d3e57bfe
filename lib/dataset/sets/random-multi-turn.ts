import { CONVERSATION_TABLE, RANDOM_TURNS_TABLE } from '../../config/conversation-table.ts';
import { completeRows } from '../../config/parameter.ts';
import { SYNTHETIC_TABLE } from '../../config/synthetic-table.ts';
import { createRandom, mixSeed } from '../../shared/random.ts';
import { arrangeConversations } from '../arrange-conversations.ts';
import { chooseLengths } from '../choose-lengths.ts';
import { CONVERSATION_FORMAT } from '../conversation-format.ts';
import type { Dataset } from '../dataset.ts';
import { drawLength } from '../draw-length.ts';
import { generatePrompts } from '../generate-prompts.ts';
import { findLengthProblems } from '../length-problems.ts';
import type { Conversation, Turn } from '../prompt.ts';
import { createTextMaker } from '../random-text.ts';

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
    formatOf: () => CONVERSATION_FORMAT,
    arrange: arrangeConversations,
    generate(config, count, style) {
      const { seed, prefixLength, prefixCount, minPromptLength, maxPromptLength, minTurns, maxTurns } = config;
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
      const makeText = createTextMaker(seed);
      const bounds = { low: Math.max(1, minPromptLength), high: Math.max(1, maxPromptLength) };
      const prefixes = Array.from({ length: prefixLength === 0 ? 0 : prefixCount }, (_, index) =>
        makeText(createRandom(mixSeed(seed, -2 - index)), prefixLength),
      );
      const prompts = generatePrompts(config, count, (index) => {
        const source = createRandom(mixSeed(seed, index + 1));
        const turns = Array.from({ length: source.integer(minTurns, maxTurns as number) }, (_, place): Turn => {
          const { input, output } = chooseLengths(config, source);
          const asked = (place === 0 ? config.firstTurnLength : config.turnLength) ?? input;
          const own = drawLength(asked, source, bounds) + (place === 0 ? config.conversationPrefixLength : 0);
          return {
            messages: [{ role: 'user', content: makeText(source, own) }],
            ...(output === null ? {} : { max_tokens: drawLength(output, source, { low: 1, high: 1e9 }) }),
          };
        });
        const [first, ...next] = turns as [Turn, ...Turn[]];
        // The connection test has none, so that the first conversation meets no prefix that is known.
        const prefix = index < 0 || prefixes.length === 0 ? [] : [prefixes[index % prefixes.length]];
        const system = prefix.map((content) => ({ role: 'system', content }));
        return { ...first, messages: [...system, ...first.messages], next } satisfies Conversation;
      });
      return { prompts, problems: [], notes: [] };
    },
  };
}
