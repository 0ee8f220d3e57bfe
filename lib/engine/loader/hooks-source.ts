import { MODULE_MEMBERS } from '../modules/module-table.ts';
import { GLOBAL_NAMES } from '../vu/globals.ts';

/** Under this symbol the global object holds what copies of a script ask for when they load, by key. */
export const REGISTRY_NAME = 'k6-llm-perf.engine';

/** In the query of a copy's URL: its key, and the globals that it declares itself. */
export const KEY_PARAMETER = 'k6vu';
export const DROP_PARAMETER = 'k6drop';

/**
 * The module hooks as the source of a module of its own. Node runs hooks in another thread and needs a URL for them; as
 * text they need no file, however the engine itself is bundled.
 *
 * A copy of the script is its file with a key in the query. Its imports of k6's modules become small modules that read
 * this copy's objects, its relative imports are copied along with it, and everything else is refused by name. The names
 * that k6 keeps per VU are declared before its first character, on the same line, so that source maps stay right.
 */
export function createHooksSource(): string {
  return `
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
const MEMBERS = ${JSON.stringify(MODULE_MEMBERS)};
const GLOBALS = ${JSON.stringify(GLOBAL_NAMES)};
const MARK = '?${KEY_PARAMETER}=';
const registry = (key) => 'globalThis[Symbol.for(${JSON.stringify(REGISTRY_NAME)})].get(' + JSON.stringify(key) + ')';
let cached = { run: '', texts: new Map() };

function queryOf(url) {
  const at = url === undefined ? -1 : url.indexOf(MARK);
  return at < 0 ? null : new URLSearchParams(url.slice(at));
}

function textOf(url, key) {
  const run = key.slice(0, key.indexOf('.'));
  if (cached.run !== run) cached = { run, texts: new Map() };
  const path = fileURLToPath(url.slice(0, url.indexOf(MARK)));
  if (!cached.texts.has(path)) cached.texts.set(path, readFileSync(path, 'utf8'));
  return cached.texts.get(path);
}

function firstLine(text, key, drop) {
  const names = GLOBALS.filter((name) => !drop.includes(name) && (name !== 'Math' || text.includes('randomSeed')));
  const iteration = drop.includes('__ITER') ? '' : 'let __ITER;' + registry(key) + '.onIteration((i)=>{__ITER=i});';
  return 'const {' + names.join(',') + '}=' + registry(key) + '.globals;' + iteration;
}

export function resolve(specifier, context, next) {
  const query = queryOf(context.parentURL);
  if (query === null) return next(specifier, context);
  const done = (url) => ({ url, format: 'module', shortCircuit: true });
  if (Object.hasOwn(MEMBERS, specifier)) return done('k6-engine:' + query.get('${KEY_PARAMETER}') + '/' + specifier);
  if (/^(\\.{0,2}\\/|file:)/.test(specifier)) {
    const url = new URL(specifier, context.parentURL);
    return done(url.origin === 'null' ? url.href.split('?')[0] + MARK + query.get('${KEY_PARAMETER}') : url.href);
  }
  throw new Error('unknown module: ' + specifier + ' (the Node engine does not have it; run this script with k6)');
}

export function load(url, context, next) {
  if (url.startsWith('k6-engine:')) {
    const [, key, name] = /^k6-engine:([^/]+)\\/(.*)$/.exec(url);
    const object = registry(key) + '.modules[' + JSON.stringify(name) + ']';
    const exports = MEMBERS[name].map((member) => 'export const ' + member + '=' + (name === 'k6/execution' ? registry(key) + '.execution.' : 'm.') + member + ';');
    return { format: 'module', shortCircuit: true, source: 'const m=' + object + ';export default m;' + exports.join('') };
  }
  const query = queryOf(url);
  if (query === null) return next(url, context);
  const key = query.get('${KEY_PARAMETER}');
  const text = textOf(url, key);
  const drop = (query.get('${DROP_PARAMETER}') ?? '').split(',');
  return { format: 'module', shortCircuit: true, source: firstLine(text, key, drop) + text };
}
`;
}
