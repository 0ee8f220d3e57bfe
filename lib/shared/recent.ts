/** Makes a value for each key, and remembers the last ones that were asked for. */
export function createRecent<Key, Value>(capacity: number, create: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  let last: { readonly key: Key; readonly value: Value } | null = null;
  return (key) => {
    if (last !== null && last.key === key) return last.value;
    const value = known.has(key) ? (known.get(key) as Value) : create(key);
    known.delete(key);
    known.set(key, value);
    if (known.size > capacity) known.delete(known.keys().next().value as Key);
    last = { key, value };
    return value;
  };
}
