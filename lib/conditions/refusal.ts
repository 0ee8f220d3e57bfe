import type { Problem } from '../shared/errors.ts';
import { isHarmless, showJson, showValue } from '../shared/show-word.ts';

/** Why a condition cannot be read: what is allowed in place of what is wrong, and a whole condition that is right. */
export class Refusal extends Error {
  readonly better: string;

  constructor(allowed: string, better: string) {
    super(allowed);
    this.better = better;
  }
}

/** How conditions of one kind are read, and how they are spoken of. */
export interface ConditionKind<T> {
  /** @throws {Refusal} */
  read(source: string): T;
  readonly what: string;
  readonly forms: string;
  readonly example: string;
}

/**
 * Reads conditions, and finds everything that is wrong with them at once. One that was given twice is there once.
 *
 * @param key   what every problem begins with: the setting, or a profile's name
 * @param paste how a right condition is written there
 */
export function readConditions<T extends { readonly source: string }>(
  sources: readonly unknown[],
  { read, what, forms, example }: ConditionKind<T>,
  key: string,
  paste: (condition: string) => string,
): { readonly conditions: readonly T[]; readonly problems: readonly Problem[] } {
  const conditions = new Map<string, T>();
  const problems: Problem[] = [];
  for (const source of sources) {
    if (typeof source !== 'string') {
      problems.push({ key, got: showJson(source), allowed: `${what} as text`, paste: paste(example) });
      continue;
    }
    try {
      const condition = read(source.trim());
      if (!conditions.has(condition.source)) conditions.set(condition.source, condition);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // What to write instead is made of what was given, unless that may hold a key.
      const allowed = isHarmless(source) ? error.message : forms;
      const better = isHarmless(source) && isRight(error.better, read) ? error.better : example;
      problems.push({ key, got: showValue(source), allowed, paste: paste(better) });
    }
  }
  return { conditions: [...conditions.values()], problems };
}

/** Whether what is offered can be read itself: two things may be wrong with one condition. */
function isRight(source: string, read: (source: string) => unknown): boolean {
  try {
    read(source);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
