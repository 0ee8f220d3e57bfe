import { isObject } from '../shared/json.ts';

/** A list as it is, one object as a list of it, anything else as an empty list. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? [value] : [];
}

/** Deeper than this no value is looked into: no server nests so, and every level takes some of the stack. */
const MOST_LEVELS = 6;

/** Whether a value says nothing: absent, null, false, 0, an empty text, and objects and lists of only such values. */
export function isEmpty(value: unknown, level = 0): boolean {
  if (value === undefined || value === null || value === false || value === 0) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (typeof value !== 'object' || level === MOST_LEVELS) return false;
  return Object.values(value).every((inner) => isEmpty(inner, level + 1));
}

/** Text of a string, of an object under one of these fields, or of a list of both; anything else is not text. */
export function textOf(value: unknown, fields: readonly string[], level = 0): string {
  if (typeof value === 'string') return value;
  if (level === MOST_LEVELS) return '';
  if (Array.isArray(value)) return value.map((part) => textOf(part, fields, level + 1)).join('');
  if (!isObject(value)) return '';
  for (const field of fields) {
    const text = textOf(value[field], fields, level + 1);
    if (text !== '') return text;
  }
  return '';
}

/** A value as JSON; empty where it nests deeper than an engine can write. */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
