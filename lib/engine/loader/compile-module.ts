import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { type ExportSpecifier, type ImportSpecifier, initSync, parse } from 'es-module-lexer';
import { SCRIPT_MARK } from '../engine-error.ts';
import type { Namespace } from '../modules/modules.ts';
import { GLOBAL_NAMES, type Globals } from '../vu/globals.ts';

/** What a copy of a module is made from. */
interface Surroundings {
  readonly globals: Globals;
  /** What the module imports, in the order of its `requests`. */
  readonly imports: readonly Namespace[];
  readonly meta: object;
  onIteration(set: (iteration: number) => void): void;
  /** Takes the exports, each as what reads it; called before anything of the module runs. */
  exports(readers: Readonly<Record<string, () => unknown>>): void;
}

/** An import of another module, and the names that it must have. */
export interface ModuleRequest {
  readonly specifier: string;
  readonly names: readonly string[];
  /** true for `export * from`. */
  readonly passedOn: boolean;
}

export interface CompiledModule {
  readonly requests: readonly ModuleRequest[];
  /** Makes a copy of the module; what it returns runs its top level. */
  create(surroundings: Surroundings): () => Promise<void>;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The module as pieces of the function that it becomes. */
class Parts {
  readonly edits: Edit[] = [];
  readonly requests: ModuleRequest[] = [];
  readonly bindings: string[] = [];
  readonly readers: string[] = [];

  /** The expression for what another module exports. */
  request(specifier: string, names: readonly string[], passedOn = false): string {
    this.requests.push({ specifier, names, passedOn });
    return `${SURROUNDINGS}.imports[${this.requests.length - 1}]`;
  }

  export(name: string, expression: string): void {
    this.readers.push(`${JSON.stringify(name)}:()=>${expression}`);
  }

  replace(from: number, to: number, text = ''): void {
    this.edits.push({ from, to, text });
  }
}

const SURROUNDINGS = 'k6$surroundings';
const DEFAULT = 'k6$default';

initSync();

/**
 * A module as a function that is compiled once and makes a copy for each VU: copies share their code, and are gone with
 * their VU, which modules of Node's own loader never are. Lines stay what they are.
 *
 * Only imports and exports are looked for, which takes a thirtieth of reading everything; V8 finds what else is wrong. The
 * lexer refuses a quoted name beside a default import (`import a, { "b c" as d }`).
 * @throws {SyntaxError} with the place in its stack
 */
export function compileModule(path: string, source: string): CompiledModule {
  const text = source.replace(/^#!/, '//');
  const filename = `${pathToFileURL(path).href}${SCRIPT_MARK}`;
  const parts = new Parts();
  const [imports, exports] = lexModule(filename, text);
  for (const found of imports) takeImport(text, found, parts);
  const passedOn = imports.filter(({ ss, d }) => d === -1 && text.startsWith('export', ss)).map(({ ss }) => ss);
  takeExports(
    text,
    exports.filter(({ ss }) => !passedOn.includes(ss)),
    parts,
  );
  const head = [
    `(function(${SURROUNDINGS}){'use strict';const{${GLOBAL_NAMES}}=${SURROUNDINGS}.globals;`,
    `let __ITER;${SURROUNDINGS}.onIteration((i)=>{__ITER=i});`,
    `return async()=>{${SURROUNDINGS}.exports({${parts.readers}});${parts.bindings.join('')}`,
  ];
  const script = new Script(`${head.join('')}${applyEdits(text, parts.edits)}\n}})`, { filename });
  const create = script.runInThisContext() as (
    surroundings: Surroundings & { named: typeof named },
  ) => () => Promise<void>;
  return { requests: parts.requests, create: (surroundings) => create({ ...surroundings, named }) };
}

/** Gives a default export without a name the one that it has in a module. */
function named(value: unknown): unknown {
  if (typeof value === 'function' && value.name === DEFAULT) {
    Object.defineProperty(value, 'name', { value: 'default', configurable: true });
  }
  return value;
}

function lexModule(filename: string, text: string): readonly [readonly ImportSpecifier[], readonly ExportSpecifier[]] {
  try {
    const [imports, exports] = parse(text);
    return [imports, exports];
  } catch (error) {
    const before = text.slice(0, (error as { readonly idx: number }).idx);
    const lines = before.split('\n');
    const plain = new SyntaxError(QUOTED_BESIDE_DEFAULT.test(before) ? QUOTED_REFUSED : 'Unexpected token');
    plain.stack = `SyntaxError: ${plain.message}\n    at ${filename}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
    throw plain;
  }
}

/** The end of `import a, { "b c" as d`. */
const QUOTED_BESIDE_DEFAULT = /\bimport\s+[^\s;'"{},]+\s*,\s*\{[^{};]*["']\s*as\s[^{};]*$/;
const QUOTED_REFUSED = 'the Node engine reads no quoted name beside a default import; use two imports';

/** What goes away leaves its line ends. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, text: added } of [...edits].sort((a, b) => a.from - b.from)) {
    result += text.slice(at, from) + added + text.slice(from, to).replace(/[^\n]/g, '');
    at = to;
  }
  return result + text.slice(at);
}

/** Takes `import … from`, `export … from` or `import.meta`. */
function takeImport(text: string, { n, d, ss, se }: ImportSpecifier, parts: Parts): void {
  if (d === -2) parts.replace(ss, se, `${SURROUNDINGS}.meta`);
  if (d !== -1 || n === undefined) return;
  const statement = withoutComments(text.slice(ss, se));
  if (statement.startsWith('export')) takePassedOn(statement, n, parts);
  else takeImported(statement, n, parts);
  parts.replace(ss, se);
}

const NAME = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*`;
const DEFAULT_IMPORT = new RegExp(`^import\\s+(${NAME})\\s*(?:,|\\bfrom\\b)`, 'u');
const NAMESPACE = new RegExp(`\\*\\s*as\\s*(${NAME}|"[^"]*"|'[^']*')`, 'u');
const PAIR = /^("[^"]*"|'[^']*'|[^\s"']+)(?:\s*\bas\b\s*(.+))?$/s;
const CLAUSE = /\{([^}]*)\}/;

function takeImported(statement: string, specifier: string, parts: Parts): void {
  const clause = statement.replace(/\s*(?:\bfrom\b)?\s*(?:"[^"]*"|'[^']*')\s*(?:with\b.*)?$/s, ' from');
  const own = DEFAULT_IMPORT.exec(clause)?.[1];
  const all = NAMESPACE.exec(clause)?.[1];
  const named = readClause(clause);
  const taken = own === undefined ? named : [['default', own] as const, ...named];
  const from = parts.request(
    specifier,
    taken.map(([name]) => name),
  );
  if (all !== undefined) parts.bindings.push(`const ${all}=${from};`);
  for (const [name, local] of taken) parts.bindings.push(`const ${local}=${from}[${JSON.stringify(name)}];`);
}

function takePassedOn(statement: string, specifier: string, parts: Parts): void {
  if (!/^export\s*\{/.test(statement)) {
    const name = NAMESPACE.exec(statement)?.[1];
    const from = parts.request(specifier, [], name === undefined);
    if (name !== undefined) parts.export(plainName(name), from);
    return;
  }
  const named = readClause(statement);
  const from = parts.request(
    specifier,
    named.map(([name]) => name),
  );
  for (const [name, exported] of named) parts.export(exported, `${from}[${JSON.stringify(name)}]`);
}

/** The pairs of `{ a, b as c, "d e" as f }`: the name there, and the one here. */
function readClause(statement: string): (readonly [string, string])[] {
  const parts = (CLAUSE.exec(statement)?.[1] ?? '').split(',').map((part) => part.trim());
  return parts.flatMap((part) => {
    const [, name, local = name] = PAIR.exec(part) ?? [];
    return name === undefined || local === undefined ? [] : [[plainName(name), plainName(local)] as const];
  });
}

function plainName(name: string): string {
  return name.replace(/^(["'])(.*)\1$/s, '$2');
}

function withoutComments(statement: string): string {
  return statement.replace(/("[^"]*"|'[^']*')|\/\*.*?\*\/|\/\/[^\n]*/gs, (_, text?: string) => text ?? ' ');
}

const SPACE = String.raw`(?:\s|\/\*[^]*?\*\/|\/\/[^\n]*\n)`;
const KEYWORD = new RegExp(`export${SPACE}*`, 'y');
const KEYWORDS = new RegExp(`export${SPACE}*default(?![\\w$])${SPACE}*`, 'y');
/** What comes before the name of a declaration. */
const DECLARED = new RegExp(`(?:async${SPACE}+)?function(?![\\w$])${SPACE}*\\*?|class(?![\\w$])`, 'y');
const CLAUSE_END = new RegExp(`\\}${SPACE}*;?`, 'g');

/** Takes the exports of a module's own names; several come from one statement. */
function takeExports(text: string, exports: readonly ExportSpecifier[], parts: Parts): void {
  for (const { n, ln, ss } of exports) {
    if (ln !== undefined) parts.export(n, ln);
    else if (n === 'default') parts.export(n, `${SURROUNDINGS}.named(${DEFAULT})`);
    if (parts.edits.some(({ from }) => from === ss)) continue;
    const start = endOf(KEYWORD, text, ss);
    if (text[start] === '{') parts.replace(ss, endOf(CLAUSE_END, text, start));
    else if (n !== 'default') parts.replace(ss, start);
    else takeDefault(text, ss, ln !== undefined, parts);
  }
}

/** A function or class without a name gets one, any other value becomes a constant. */
function takeDefault(text: string, start: number, isNamed: boolean, parts: Parts): void {
  const value = endOf(KEYWORDS, text, start);
  const nameAt = endOf(DECLARED, text, value);
  if (nameAt > value) {
    parts.replace(start, value);
    if (!isNamed) parts.replace(nameAt, nameAt, ` ${DEFAULT} `);
  } else parts.replace(start, value, `const ${DEFAULT}=`);
}

/** Where a match that is looked for from `at` ends; `at` when there is none. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
