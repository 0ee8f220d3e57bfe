import { findApiOfPath, findEnding } from '../api/apis.ts';
import { isObject, parseJson } from '../shared/json.ts';

/** Where a service lists its models: beside the endpoint, with the same query. */
export function modelsUrl(endpoint: string): string {
  const [, origin = '', path = '', query = ''] = /^([a-z]+:\/\/[^/?#]*)([^?#]*)(.*)$/i.exec(endpoint) ?? [];
  const api = findApiOfPath(path);
  const ending = api === null ? null : findEnding(api, path);
  const own = ending === null ? '' : path.replace(/\/+$/, '').slice(0, -ending.length);
  const base = own === '' && api?.version !== '/v1beta' ? '/v1' : own;
  return `${origin}${base}/models${query}`;
}

/** The names in an answer of `/v1/models`; null when it is none. Never throws. */
export function readModelIds(text: string): string[] | null {
  const value = parseJson(text);
  const list = Array.isArray(value) ? value : (listIn(value, 'data') ?? listIn(value, 'models'));
  if (list === null) return null;
  return [...new Set(list.map(idOf).filter((id) => id !== ''))];
}

function listIn(value: unknown, key: string): readonly unknown[] | null {
  const list = isObject(value) ? value[key] : null;
  return Array.isArray(list) ? list : null;
}

/** `id` is OpenAI's, `name` that of Ollama's and Google's own lists. */
function idOf(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  const { id, name } = isObject(entry) ? entry : {};
  return typeof id === 'string' ? id : typeof name === 'string' ? name : '';
}
