import type { RunConfig } from '../config/parameters.ts';
import type { Problem } from '../shared/errors.ts';
import { isWhole } from '../shared/json.ts';
import type { Arranged, Dataset } from './dataset.ts';
import type { Prompt } from './prompt.ts';

/** So many ids, for a prompt that has no text. */
const SHOWN_IDS = 32;

const COMPLETIONS: readonly string[] = ['openai-completions', 'completions', 'text-completions'];

/** A prompt of token ids; null for a list that holds anything else. */
export function readIds(ids: readonly unknown[]): Prompt | null {
  if (ids.length === 0 || !ids.every((id) => isWhole(id, 0))) return null;
  return {
    messages: [{ role: 'user', content: ids.slice(0, SHOWN_IDS) }],
    ids: ids as number[],
    input_tokens: ids.length,
  };
}

/** Ids go to completions alone, as they are. */
export function checkIds(
  prompts: readonly Prompt[],
  { api, url, cacheBust }: RunConfig,
  style: 'flag' | 'env',
): Arranged {
  const problems: Problem[] = [];
  if (prompts.some(({ ids }) => ids !== undefined)) {
    const set = (flag: string, value: string): string =>
      style === 'flag' ? `--${flag} ${value}` : `-e ${flag.toUpperCase().replace('-', '_')}=${value}`;
    const isCompletions =
      COMPLETIONS.includes(api) || (api === 'openai' && /(?<!chat)\/completions(?=[?#]|$)/.test(url));
    if (!isCompletions) {
      const got = 'an API that takes no token ids, which the prompts of the dataset are';
      const allowed = 'completions: a URL that ends in /v1/completions';
      problems.push({ key: 'API (--api)', got, allowed, paste: set('api', 'openai-completions') });
    }
    if (cacheBust !== 'none') {
      const got = `${cacheBust}, beside prompts of token ids, which take no mark`;
      problems.push({ key: 'CACHE_BUST (--cache-bust)', got, allowed: 'none', paste: set('cache-bust', 'none') });
    }
  }
  return { prompts: [...prompts], problems, notes: [] };
}

/** Whether a dataset makes more of its lines than single prompts: conversations, pictures. */
export function isArranged({ arrange }: Dataset): boolean {
  return arrange !== undefined && arrange !== checkIds;
}
