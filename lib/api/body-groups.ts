import { isObject, type JsonObject } from '../shared/json.ts';
import type { Api } from './api.ts';

/** The fields of a body with those of the API's group named one by one: `{"options":{"seed":1}}` is `{"options.seed":1}`. */
export function spread(fields: JsonObject, { group }: Api): JsonObject {
  const inner = group === undefined ? null : fields[group];
  if (group === undefined || !isObject(inner)) return fields;
  const { [group]: _, ...rest } = fields;
  return { ...rest, ...Object.fromEntries(Object.entries(inner).map(([name, value]) => [`${group}.${name}`, value])) };
}

/** The body as it is sent, which `spread` took apart. */
export function gather(fields: JsonObject, { group }: Api): JsonObject {
  if (group === undefined) return fields;
  const body: Record<string, unknown> = {};
  const inner: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(`${group}.`)) inner[name.slice(group.length + 1)] = value;
    else body[name] = value;
  }
  return Object.keys(inner).length === 0 ? body : { ...body, [group]: inner };
}
