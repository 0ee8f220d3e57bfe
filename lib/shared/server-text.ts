/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

/** The most characters of a server's text that are kept or shown; what is longer is a page, not a reason. */
export const MAX_SERVER_TEXT = 500;

/** A text that a server sent, fit to be kept: secrets masked, then cut, so that no half of a secret is left. */
export function cleanServerText(text: string, mask: Mask, limit = MAX_SERVER_TEXT): string {
  // A page of megabytes is not searched to its end.
  const masked = mask(text.slice(0, limit * 20));
  if (masked.length <= limit) return masked;
  const isPairCut = /[\ud800-\udbff]/.test(masked[limit - 1] as string);
  return masked.slice(0, isPairCut ? limit - 1 : limit);
}

/**
 * A value with every text in it cleaned, at any depth: the one place that all texts of a server pass on their way into a record,
 * whatever field they come in.
 *
 * @param except keys of the value itself that stay as they are
 */
export function cleanServerTexts<Value>(value: Value, mask: Mask, except: readonly string[] = []): Value {
  if (typeof value === 'string') return cleanServerText(value, mask) as Value;
  if (typeof value !== 'object' || value === null) return value;
  // Gaps are many, and numbers.
  if (Array.isArray(value)) {
    return (typeof value[0] === 'number' ? value : value.map((item) => cleanServerTexts(item, mask))) as Value;
  }
  // Most hold nothing to clean: copying a record takes k6 longer than looking through it.
  let cleaned: Record<string, unknown> | null = null;
  const keys = Object.keys(value);
  // By index, here and in all that runs for every request: iterators were 7 % of k6's CPU there.
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const inner = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof inner !== 'string' && (typeof inner !== 'object' || inner === null)) continue;
    if (except.includes(key)) continue;
    const clean = cleanServerTexts(inner, mask);
    if (clean === inner) continue;
    cleaned ??= { ...value } as Record<string, unknown>;
    cleaned[key] = clean;
  }
  return (cleaned ?? value) as Value;
}
