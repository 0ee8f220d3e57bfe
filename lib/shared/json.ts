/** A JSON object, of whatever content. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value of a JSON text; undefined, which JSON cannot express, where it is none. A byte order mark in front is skipped. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** Whether a value is a whole number from `low` on. */
export function isWhole(value: unknown, low: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= low;
}

/** Whether a value is an object as JSON knows them: neither a list nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
