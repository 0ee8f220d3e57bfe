import { badConfiguration } from '../settings/fields.ts';

/** `ttft{model:a}` taken apart; `suffix` and `tags` are null for a whole metric. */
export interface MetricSelector {
  readonly metric: string;
  readonly suffix: string | null;
  readonly tags: Readonly<Record<string, string>> | null;
}

/**
 * Parses the key of a threshold: a metric name, with `{tag:value,…}` for a part of it.
 *
 * As k6: quotes and spaces around keys and values go, a colon may stand in a value, a comma may not, an empty value is refused.
 * @throws {EngineError} exit code 104, k6's text
 */
export function parseMetricSelector(name: string): MetricSelector {
  const open = name.indexOf('{');
  const close = name.lastIndexOf('}');
  if (open < 0 && close < 0) return { metric: name, suffix: null, tags: null };
  const quoted = JSON.stringify(name);
  if (open < 0 || close < 0) throw malformed(`metric ${quoted} has unmatched opening/close curly brace`);
  if (close < open) throw malformed(`metric ${quoted} closing curly brace appears before opening one`);
  if (close !== name.length - 1) throw malformed(`metric ${quoted} lacks a closing curly brace in its last position`);
  const suffix = name.slice(open + 1, close).trim();
  const tags: Record<string, string> = {};
  for (const part of name.slice(open + 1, close).split(',')) {
    const colon = part.indexOf(':');
    const value = colon < 0 ? '' : part.slice(colon + 1);
    if (value === '') throw malformed(`metric ${JSON.stringify(part)} tag expression is malformed`);
    tags[unquote(part.slice(0, colon))] = unquote(value);
  }
  return { metric: name.slice(0, open), suffix, tags };
}

function malformed(detail: string): Error {
  return badConfiguration(`unable to validate threshold expressions; reason: parsing metric name failed, ${detail}`);
}

function unquote(text: string): string {
  return text.trim().replace(/^["']+|["']+$/g, '');
}
