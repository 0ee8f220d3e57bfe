import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import {
  type Declaration,
  type ExportDefaultDeclaration,
  type ExportNamedDeclaration,
  type ImportDeclaration,
  type Literal,
  type Pattern,
  type Program,
  parse,
  type Token,
} from 'acorn';
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
  request(source: Literal, names: readonly string[], passedOn = false): string {
    this.requests.push({ specifier: String(source.value), names, passedOn });
    return `${SURROUNDINGS}.imports[${this.requests.length - 1}]`;
  }

  export(name: string, expression: string): void {
    this.readers.push(`${JSON.stringify(name)}:()=>${expression}`);
  }

  replace({ start, end }: { start: number; end: number }, text = ''): void {
    this.edits.push({ from: start, to: end, text });
  }
}

const SURROUNDINGS = 'k6$surroundings';
const DEFAULT = 'k6$default';

/**
 * A module as a function that is compiled once and makes a copy for each VU: copies share their code, and are gone with
 * their VU, which modules of Node's own loader never are. Lines stay what they are.
 *
 * @throws {SyntaxError} with the place in its stack
 */
export function compileModule(path: string, source: string): CompiledModule {
  const text = source.replace(/^#!/, '//');
  const filename = `${pathToFileURL(path).href}${SCRIPT_MARK}`;
  const parts = new Parts();
  for (const node of parseModule(filename, text, parts).body) takeStatement(node, parts);
  const head = [
    `(function(${SURROUNDINGS}){'use strict';const{${GLOBAL_NAMES}}=${SURROUNDINGS}.globals;`,
    `let __ITER;${SURROUNDINGS}.onIteration((i)=>{__ITER=i});`,
    `return async()=>{${SURROUNDINGS}.exports({${parts.readers}});${parts.bindings.join('')}`,
  ];
  const script = new Script(`${head.join('')}${applyEdits(text, parts.edits)}\n}})`, { filename });
  return { requests: parts.requests, create: script.runInThisContext() as CompiledModule['create'] };
}

function parseModule(filename: string, text: string, parts: Parts): Program {
  try {
    const tokens: Token[] = [];
    const program = parse(text, {
      sourceType: 'module',
      ecmaVersion: 'latest',
      ...(/import\s*\.\s*meta/.test(text) ? { onToken: tokens } : {}),
    });
    replaceMeta(tokens, parts);
    return program;
  } catch (error) {
    const { message, loc } = error as SyntaxError & { loc: { line: number; column: number } };
    const plain = new SyntaxError(message.replace(/ \(\d+:\d+\)$/, ''));
    plain.stack = `SyntaxError: ${plain.message}\n    at ${filename}:${loc.line}:${loc.column + 1}`;
    throw plain;
  }
}

function replaceMeta(tokens: readonly Token[], parts: Parts): void {
  for (const [index, { type, start }] of tokens.entries()) {
    const [dot, meta] = tokens.slice(index + 1, index + 3);
    if (type.keyword !== 'import' || dot?.type.label !== '.' || meta === undefined) continue;
    parts.replace({ start, end: meta.end }, `${SURROUNDINGS}.meta`);
  }
}

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

function takeStatement(node: Program['body'][number], parts: Parts): void {
  if (node.type === 'ImportDeclaration') takeImport(node, parts);
  else if (node.type === 'ExportDefaultDeclaration') takeDefault(node, parts);
  else if (node.type === 'ExportNamedDeclaration' && node.declaration) takeDeclared(node, node.declaration, parts);
  else if (node.type === 'ExportNamedDeclaration') takeExport(node, parts);
  else if (node.type === 'ExportAllDeclaration') {
    const from = parts.request(node.source, [], node.exported == null);
    if (node.exported) parts.export(nameOf(node.exported), from);
    parts.replace(node);
  }
}

function takeImport(node: ImportDeclaration, parts: Parts): void {
  const taken = node.specifiers.map((specifier): [name: string | null, local: string] => {
    if (specifier.type === 'ImportNamespaceSpecifier') return [null, specifier.local.name];
    return [specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : 'default', specifier.local.name];
  });
  const from = parts.request(
    node.source,
    taken.flatMap(([name]) => name ?? []),
  );
  for (const [name, local] of taken) {
    parts.bindings.push(`const ${local}=${from}${name === null ? '' : `[${JSON.stringify(name)}]`};`);
  }
  parts.replace(node);
}

function takeDeclared(node: ExportNamedDeclaration, declaration: Declaration, parts: Parts): void {
  const names =
    declaration.type === 'VariableDeclaration'
      ? declaration.declarations.flatMap(({ id }) => boundNames(id))
      : [declaration.id.name];
  for (const name of names) parts.export(name, name);
  parts.replace({ start: node.start, end: declaration.start });
}

function takeExport(node: ExportNamedDeclaration, parts: Parts): void {
  const names = node.specifiers.map(({ local }) => nameOf(local));
  const from = node.source ? parts.request(node.source, names) : null;
  for (const { local, exported } of node.specifiers) {
    const name = nameOf(local);
    parts.export(nameOf(exported), from === null ? name : `${from}[${JSON.stringify(name)}]`);
  }
  parts.replace(node);
}

function takeDefault({ start, end, declaration }: ExportDefaultDeclaration, parts: Parts): void {
  const isDeclared = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration';
  const name = isDeclared ? declaration.id?.name : undefined;
  parts.export('default', name ?? DEFAULT);
  // As a property it gets the name that functions without one have in a module: default. Parentheses around it are no part of it.
  parts.replace({ start, end: declaration.start }, name === undefined ? `const ${DEFAULT}={default:(` : '');
  if (name === undefined) parts.replace({ start: declaration.end, end }, ')}.default;');
}

function nameOf(node: { type: 'Identifier'; name: string } | { type: 'Literal'; value?: unknown }): string {
  return node.type === 'Identifier' ? node.name : String(node.value);
}

function boundNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((each) => boundNames(each.type === 'Property' ? each.value : each.argument));
    case 'ArrayPattern':
      return pattern.elements.flatMap((each) => (each === null ? [] : boundNames(each)));
    case 'RestElement':
      return boundNames(pattern.argument);
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    default:
      return [];
  }
}
