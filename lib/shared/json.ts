/** A JSON object, of whatever content. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object as JSON knows them: no list, not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
