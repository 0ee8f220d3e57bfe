/** The tags of a sample. Immutable, so that one set serves all samples of a request. */
export class TagSet {
  readonly map: Readonly<Record<string, string>>;
  #json: string | null = null;

  constructor(map: Readonly<Record<string, string>>) {
    this.map = map;
  }

  /** A set with `extra` on top; this one where there is nothing to add. */
  with(extra: Readonly<Record<string, string>>): TagSet {
    return new TagSet({ ...this.map, ...extra });
  }

  /** The tags as k6 writes them: one object, keys sorted. Made once, since a stream has one sample an event. */
  toJson(): string {
    this.#json ??= sortedJson(this.map);
    return this.#json;
  }
}

/** A flat map of texts as JSON with its keys in order, as Go writes maps. */
export function sortedJson(map: Readonly<Record<string, string>>): string {
  const parts = Object.keys(map)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${JSON.stringify(map[key])}`);
  return `{${parts.join(',')}}`;
}

/**
 * Tags or metadata as the script gave them: texts, numbers and booleans, turned into texts.
 *
 * @throws {Error} k6's text for a value of another type
 */
export function readTagValue(kind: 'tag' | 'metadata', key: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const values = kind === 'tag' ? 'tag values' : 'metadata value';
  throw new TypeError(
    `invalid value for metric ${kind} '${key}': ` +
      `only String, Boolean and Number types are accepted as a metric ${values}`,
  );
}

/** The `tags` argument of `add`, `check` and requests; null where there are none. */
export function readTags(tags: unknown): Record<string, string> | null {
  if (tags === undefined || tags === null) return null;
  const result: Record<string, string> = {};
  for (const [key, value] of Object.entries(tags)) result[key] = readTagValue('tag', key, value);
  return result;
}
