/**
 * Functions of the language under names that esbuild makes small, in place of `Math.max` at each call of a k6 bundle.
 *
 * None of them looks at `this`. They are taken apart here, since `Math.max` in this file would stand for itself.
 */
const { isArray } = Array;
const { parse, stringify } = JSON;
const { abs, ceil, floor, log, max, min, round } = Math;
const { isFinite: isFiniteNumber, isSafeInteger } = Number;
const { entries, fromEntries, hasOwn, keys, values } = Object;
const { fromCharCode } = String;

export {
  abs as Math_abs,
  ceil as Math_ceil,
  entries as Object_entries,
  floor as Math_floor,
  fromCharCode as String_fromCharCode,
  fromEntries as Object_fromEntries,
  hasOwn as Object_hasOwn,
  isArray as Array_isArray,
  isFiniteNumber as Number_isFinite,
  isSafeInteger as Number_isSafeInteger,
  keys as Object_keys,
  log as Math_log,
  max as Math_max,
  min as Math_min,
  parse as JSON_parse,
  round as Math_round,
  stringify as JSON_stringify,
  values as Object_values,
};
