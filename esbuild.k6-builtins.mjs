/**
 * Functions of the language under names that esbuild makes small, in place of `Math.max` at each call of a k6 bundle.
 *
 * None of them needs a `this`. They are taken apart here, since `Math.max` in this file would stand for itself.
 */
const { from, isArray } = Array;
const { parse, stringify } = JSON;
const { abs, ceil, exp, floor, imul, log, max, min, round, sqrt } = Math;
const { isFinite: isFiniteNumber, isInteger, isNaN: isNaNumber, isSafeInteger } = Number;
const { MAX_SAFE_INTEGER, MAX_VALUE, MIN_SAFE_INTEGER, NEGATIVE_INFINITY } = Number;
const { entries, fromEntries, hasOwn, keys, values } = Object;
const { fromCharCode } = String;

export {
  abs as Math_abs,
  ceil as Math_ceil,
  entries as Object_entries,
  exp as Math_exp,
  floor as Math_floor,
  from as Array_from,
  fromCharCode as String_fromCharCode,
  fromEntries as Object_fromEntries,
  hasOwn as Object_hasOwn,
  imul as Math_imul,
  isArray as Array_isArray,
  isFiniteNumber as Number_isFinite,
  isInteger as Number_isInteger,
  isNaNumber as Number_isNaN,
  isSafeInteger as Number_isSafeInteger,
  keys as Object_keys,
  log as Math_log,
  MAX_SAFE_INTEGER as Number_MAX_SAFE_INTEGER,
  MAX_VALUE as Number_MAX_VALUE,
  MIN_SAFE_INTEGER as Number_MIN_SAFE_INTEGER,
  max as Math_max,
  min as Math_min,
  NEGATIVE_INFINITY as Number_NEGATIVE_INFINITY,
  parse as JSON_parse,
  round as Math_round,
  sqrt as Math_sqrt,
  stringify as JSON_stringify,
  values as Object_values,
};
