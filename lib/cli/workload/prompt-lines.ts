import { joinMessages } from '../../api/prompt-input.ts';
import type { PromptSettings } from '../../config/prompt-flags.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Conversation, Prompt } from '../../dataset/prompt.ts';
import { ConfigError, type Problem } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import { countWords, type ExactMaker } from '../../tokens/exact-prompts.ts';
import type { Tokenizer } from '../../tokens/node-tokenizer.ts';

/** A prompt as the file has it that a bundle reads. */
export type ToLine = (prompt: Prompt) => JsonObject;

/** How a dataset reads what it makes, where that is more than one text: its messages, or those of its turns. */
function findFormat({ name, apis = [] }: Dataset): ((prompt: Conversation) => JsonObject) | null {
  const textsOf = ({ messages }: Prompt) => messages.map(({ content }) => content);
  if (name === 'random-multi-turn') {
    return ({ next = [], ...first }) => ({ turns: [first, ...next].map(({ input_tokens: __, ...turn }) => turn) });
  }
  if (apis.length === 0) return null;
  if (apis.some((api) => api.includes('embed'))) return (prompt) => ({ text: textsOf(prompt) });
  return (prompt) => {
    const [query, ...documents] = textsOf(prompt);
    return { query, documents };
  };
}

/** Whether a dataset makes one text a prompt. */
export function isOfTexts(dataset: Dataset): boolean {
  return dataset.generate !== undefined && findFormat(dataset) === null;
}

/** Made prompts with exactly the tokens that they are to have. @throws {ConfigError} where there is no such text */
export function createMadeLine(
  dataset: Dataset,
  { tokenizePrompt }: PromptSettings,
  tokenizer: Tokenizer,
  maker: ExactMaker,
): ToLine {
  const format = findFormat(dataset);
  const known = new Map<string, string>();
  /** What conversations begin with in common is made once. */
  const fitWords = (text: string, isKept: boolean): string => {
    const fitted = known.get(text) ?? maker.fitWords(text);
    if (fitted === null) throw new ConfigError([describeUnfit(countWords(text), tokenizer, { templateTokens: 0 })]);
    if (isKept) known.set(text, fitted);
    return fitted;
  };
  const fitTurn = <Of extends Prompt>(turn: Of): Of => ({
    ...turn,
    messages: turn.messages.map((message) => ({
      ...message,
      content: fitWords(String(message.content), message.role === 'system'),
    })),
  });
  if (format !== null) {
    return ({ next, ...first }: Conversation) =>
      format({ ...fitTurn(first), ...(next === undefined ? {} : { next: next.map(fitTurn) }) });
  }
  return (prompt) => {
    const content = maker.fit(prompt);
    if (content === null) throw new ConfigError([describeUnfit(prompt.input_tokens ?? 0, tokenizer, maker)]);
    const { max_tokens, input_tokens } = prompt;
    if (!tokenizePrompt) return { prompt: content, max_tokens, input_tokens };
    const ids = tokenizer.encode(content);
    return { prompt: ids, max_tokens, input_tokens: ids.length };
  };
}

/** Prompts of a file, shaped or as ids. */
export function createShapedLine(
  { tokenizePrompt }: PromptSettings,
  tokenizer: Tokenizer,
  count: (prompt: Prompt) => number,
): ToLine {
  return (prompt) => {
    const { messages, max_tokens } = prompt;
    if (!tokenizePrompt) return { messages, max_tokens, input_tokens: prompt.input_tokens ?? count(prompt) };
    const ids = tokenizer.encode(joinMessages({ messages }));
    return { prompt: ids, max_tokens, input_tokens: ids.length };
  };
}

/** Why there is no text of a length, its prefix among it. */
export function describeUnfit(
  tokens: number,
  { name }: Pick<Tokenizer, 'name'>,
  { templateTokens }: Pick<ExactMaker, 'templateTokens'>,
): Problem {
  const why = templateTokens === 0 ? '' : `, whose chat template alone takes ${templateTokens}`;
  return {
    key: 'INPUT_LEN (--input-len)',
    got: `a prompt of ${tokens} tokens, which cannot be made for ${name}${why}`,
    allowed: `more than ${templateTokens} tokens beside the prefix; --no-apply-chat-template counts the text alone`,
    paste: `--input-len ${Math.max(tokens, templateTokens) + 16}`,
  };
}
