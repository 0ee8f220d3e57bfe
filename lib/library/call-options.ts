import { ConfigError } from '../shared/errors.ts';
import { isObject, isWhole } from '../shared/json.ts';
import { ownValue } from '../shared/own-value.ts';
import type { Call, CallOptions } from './llm-types.ts';

type GivenOptions = { readonly [Name in keyof CallOptions]?: CallOptions[Name] | undefined };

/** What is allowed of each, and a line to paste. */
const OF_CALLS: Readonly<Record<string, readonly [allowed: string, paste: string]>> = {
  maxTokens: ['a whole number from 1', 'maxTokens: 64'],
  body: ['an object of further fields', 'body: { top_k: 20 }'],
  tags: ['an object of texts', "tags: { step: 'search' }"],
};
const OTHERS = ['maxTokens, body and tags; others are settings of openChat, or fields of the body'] as const;

/** What one request has of its own. @throws {ConfigError} for what it cannot have */
export function toOptions(given: GivenOptions | undefined): Pick<Call, 'max_tokens' | 'body' | 'tags'> {
  const { maxTokens: max_tokens, body, tags = {} } = given ?? {};
  const wrong = Object.entries(given ?? {}).filter(([name, value]) => value !== undefined && !isRight(name, value));
  if (wrong.length > 0) {
    throw new ConfigError(
      wrong.map(([key, value]) => {
        const known = ownValue(OF_CALLS, key);
        const got = known === undefined ? 'a setting that one request does not have' : describe(value);
        const [allowed, paste = OF_CALLS['body']?.[1] ?? ''] = known ?? OTHERS;
        return { key, got, allowed, paste };
      }),
    );
  }
  return { max_tokens, body, tags };
}

function isRight(name: string, value: unknown): boolean {
  if (name === 'maxTokens') return isWhole(value, 1);
  if (!isObject(value)) return false;
  return name === 'body' || (name === 'tags' && Object.values(value).every((tag) => typeof tag !== 'object'));
}

/** By its type alone: the value may be a key. */
function describe(value: unknown): string {
  return value === null ? 'null' : `a wrong value, ${Array.isArray(value) ? 'a list' : `of type ${typeof value}`}`;
}
