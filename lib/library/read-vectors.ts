import { isObject, parseJson } from '../shared/json.ts';

/** The vectors of an embedding's body, in the order of the inputs, by their `index` where they have one; none where there are none. */
export function readVectors(body: string): number[][] {
  const value = parseJson(body);
  const list = isObject(value) ? value['data'] : value;
  if (!Array.isArray(list)) return [];
  const placeOf = (item: unknown): number => (isObject(item) ? Number(item['index'] ?? 0) : 0);
  const inOrder = [...list].sort((one, other) => placeOf(one) - placeOf(other));
  const vectors = inOrder.map((item) => (isObject(item) ? item['embedding'] : item));
  return vectors.filter((vector): vector is number[] => Array.isArray(vector));
}
