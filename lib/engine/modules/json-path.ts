/**
 * The part of a JSON text that a path of keys and indexes names: `choices.0.message.content`, `choices.#` for a length;
 * a dot in a key is written `\.`.
 *
 * The plain subset of k6's gjson paths.
 * @returns undefined when the text is not JSON or has no such part
 * @throws {Error} for gjson's queries, wildcards and modifiers, which the engine does not have
 */
export function selectJson(text: string, path: string): unknown {
  if (/[*?|@(){}[\]!]/.test(path) || /#[^.]/.test(path)) {
    throw new Error(`the JSON path '${path}' is not supported by the Node engine; run this script with k6`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return walk(value, splitPath(path));
}

function walk(value: unknown, keys: readonly string[]): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value) && key === '#') {
    return rest.length === 0
      ? value.length
      : value.map((item: unknown) => walk(item, rest)).filter((item) => item !== undefined);
  }
  return Object.hasOwn(value, key) ? walk((value as Record<string, unknown>)[key], rest) : undefined;
}

function splitPath(path: string): string[] {
  return (path.match(/(?:\\.|[^.\\])+/g) ?? []).map((key) => key.replace(/\\(.)/g, '$1'));
}
