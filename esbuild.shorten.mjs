import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { minify } from 'terser';
import { createBuildCache } from './esbuild.cache.mjs';

/** What k6's JavaScript engine knows; its modules are strict, and their names nobody else's. */
const LANGUAGE = { ecma: 2022, module: true };

const INLINE_MAP = /\/\/# sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,(.*)/;

/** What took most of a build, by what it was made of. */
const cache = createBuildCache(['esbuild.shorten.mjs', 'package-lock.json']);

/** Ends a build: forgets what it had no use for. */
export const keepCache = () => cache.prune();

/**
 * Says the same in less code than esbuild would. Names stay: a bundle gives its own.
 *
 * @param {string} name of the part
 * @param {string} text
 * @param {boolean} isOnce whether it runs once, and may take a moment longer
 * @param {RegExp} shortened names of properties that are made short elsewhere
 */
export function compressPart(name, text, isOnce, shortened) {
  // Unsafe is what `String(x)` and `${x}` of an object would say that has a value of its own, such as a date: none has.
  const unsafe = { unsafe: true, unsafe_arrows: true, pure_getters: true };
  const compress = { passes: 2, ...unsafe, keep_fargs: false, inline: 1, sequences: false };
  return cache.take([name, text, isOnce, String(shortened)], async () => {
    const compressed = await change(text, withArrows, compress);
    return change(compressed, (statements) => withVariables(name, statements, isOnce, shortened), false);
  });
}

/** Changes the statements of each function in a module, whose map goes with it. */
async function change(text, changed, compress) {
  const whole = { ...LANGUAGE, mangle: false, compress: false };
  const { ast } = await minify(text, { ...whole, format: { ast: true, code: false, spidermonkey: true } });
  for (const { type, declaration, body = declaration?.body ?? [] } of ast.body) {
    if (type === 'FunctionDeclaration') body.body = changed(body.body);
  }
  const content = Buffer.from(INLINE_MAP.exec(text)[1], 'base64').toString();
  const sourceMap = { content, url: 'inline', includeSources: true };
  return (await minify(ast, { ...whole, parse: { spidermonkey: true }, compress, sourceMap })).code;
}

/**
 * The functions of a part are declared before anything else in it but for what returns those that are made already. None looks
 * at `this`.
 */
function withArrows(statements) {
  const functions = statements.filter(({ type, generator }) => type === 'FunctionDeclaration' && !generator);
  const declarations = functions.map(({ id, params, body, async }) => ({
    type: 'VariableDeclarator',
    id,
    init: { type: 'ArrowFunctionExpression', params, body, async, expression: false },
  }));
  if (declarations.length === 0) return statements;
  const others = statements.filter((statement) => !functions.includes(statement));
  return behindGuard(others, { type: 'VariableDeclaration', kind: 'var', declarations });
}

/** A part is called for each of its functions: whatever is before the statement that returns the made ones runs each time. */
function behindGuard(statements, added) {
  const guards = statements[0]?.type === 'IfStatement' ? 1 : 0;
  return [...statements.slice(0, guards), added, ...statements.slice(guards)];
}

/** What is around a text in the code, and a variable's two letters: as an expression, behind a dot, or as a key. */
const AROUND = { expression: 2, member: 1, key: 0 };

/**
 * Gives texts and names of properties a variable, where that is shorter: `entry[x]` for `entry.completed_requests`. Functions
 * that run often keep their names of properties, but for the longest ones.
 */
function withVariables(part, statements, isOnce, shortened) {
  const places = new Map();
  for (const statement of statements) findTexts(statement, places, isOnce, true);
  const frequent = [...places].filter(([text, found]) => {
    const saved = found.map(({ kind }) => text.length + AROUND[kind] - (kind === 'expression' ? 2 : 4));
    return !shortened.test(text) && saved.reduce((sum, each) => sum + each, 0) > text.length + 6;
  });
  // The first ones get the shortest names.
  frequent.sort(([, found], [, others]) => others.length - found.length);
  // A part may lie within another one: no variable of one has the name of one of the other.
  const declarations = frequent.map(([value, found], index) => {
    const id = { type: 'Identifier', name: `text_${part.replace(/\W/g, '_')}_${index}` };
    for (const { put } of found) put(id);
    return { type: 'VariableDeclarator', id, init: { type: 'Literal', value } };
  });
  if (declarations.length === 0) return statements;
  return behindGuard(statements, { type: 'VariableDeclaration', kind: 'var', declarations });
}

/** In functions that run often: a name this long is worth the moment that a variable takes. */
const LONG_NAME = 5;

/** The places of each text, with a function that puts a variable there. */
function findTexts(node, places, isOnce, isOutside) {
  const isTable = isOutside && !/Function/.test(node.type);
  const add = (text, kind, put) => places.set(text, [...(places.get(text) ?? []), { kind, put }]);
  for (const [key, value] of Object.entries(node)) {
    if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) findAt(each, (id) => (value[index] = id));
    } else findAt(value, (id) => (node[key] = id), key);
  }
  function findAt(each, put, role = '') {
    if (typeof each?.type !== 'string') return;
    const isName = (role === 'key' || role === 'property') && !node.computed;
    if (!isName) {
      if (each.type === 'Literal' && typeof each.value === 'string') add(each.value, 'expression', put);
      else findTexts(each, places, isOnce, isTable);
      return;
    }
    if (node.type === 'PropertyDefinition' || node.type === 'MethodDefinition') return;
    const kind = role === 'key' ? 'key' : 'member';
    const text = each.name ?? String(each.value);
    if (!isOnce && !isTable && text.length < LONG_NAME) return;
    add(text, kind, (id) => {
      put(id);
      Object.assign(node, { computed: true, shorthand: false });
    });
  }
}

/** Gives the names in a bundle anew, shorter within functions than esbuild does, and ends the file with the comments in `closing`. */
export async function shortenNames(path, closing) {
  const [text, content] = [path, `${path}.map`].map((file) => readFileSync(file, 'utf8'));
  const [code, map] = await cache.take([text, content], async () => {
    const made = await minify(text, {
      ...LANGUAGE,
      mangle: true,
      compress: { defaults: false, join_vars: true },
      format: { comments: false, max_line_len: 16_000 },
      // k6 reads positions alone, and all of the file with every start.
      sourceMap: { content },
    });
    return [made.code, made.map];
  });
  writeFileSync(path, `${code}\n${closing}//# sourceMappingURL=${basename(path)}.map\n`);
  writeFileSync(`${path}.map`, map);
}
