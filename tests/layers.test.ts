import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

interface Layer {
  /** Rooms whose functions and tables it may use, beside its own and `shared`. */
  readonly values: readonly string[];
  /** Rooms of which it may use types alone. */
  readonly types: readonly string[];
  /** Whether any file may touch Node or k6; elsewhere a file that does says so in its name: `node-…`, `k6-…`. */
  readonly runtime?: 'node' | 'k6';
}

/**
 * The rooms of `lib/` in the way of the data, and what each may import. What is not listed is not allowed: a new import
 * between rooms is a decision, and its place is here.
 */
const LAYERS: Readonly<Record<string, Layer>> = {
  shared: { values: [], types: [] },
  config: { values: ['api', 'dataset', 'load', 'stats'], types: [] },
  // The tables of settings that one dataset alone has.
  dataset: { values: ['config'], types: [] },
  api: { values: [], types: ['config', 'dataset'] },
  stream: { values: ['config'], types: ['api'] },
  measure: { values: ['api', 'stream'], types: [] },
  server: { values: [], types: [] },
  records: { values: ['measure', 'server'], types: [] },
  load: { values: [], types: [] },
  traces: { values: [], types: ['dataset'] },
  tokens: { values: ['dataset', 'measure'], types: [] },
  metrics: { values: [], types: ['measure'] },
  stats: { values: ['measure', 'metrics'], types: ['load'] },
  conditions: { values: ['metrics'], types: ['stats'] },
  verdict: { values: ['conditions', 'metrics', 'stats'], types: ['measure', 'records'] },
  evalscope: { values: ['metrics', 'stats'], types: [] },
  report: { values: ['evalscope', 'metrics', 'stats', 'measure', 'server'], types: ['verdict'] },
  compare: { values: ['metrics', 'report', 'stats', 'verdict'], types: ['conditions', 'measure'] },
  sweep: { values: ['config', 'report', 'stats'], types: [] },
  repeats: { values: ['config', 'report', 'stats'], types: [] },
  search: { values: ['conditions', 'config', 'metrics', 'report', 'stats', 'verdict'], types: [] },
  history: { values: ['conditions', 'metrics', 'report', 'stats'], types: [] },
  push: { values: ['config', 'stats'], types: [] },
  export: { values: ['evalscope', 'measure', 'report', 'stats', 'verdict'], types: [] },
  calibrate: { values: ['measure'], types: [] },
  // Islands: what the tests hold against the rest shares no mistake with it.
  engine: { values: [], types: [], runtime: 'node' },
  mock: { values: [], types: [], runtime: 'node' },
  // Where the stages are put together.
  scenario: {
    values: [
      'api',
      'conditions',
      'config',
      'dataset',
      'evalscope',
      'load',
      'measure',
      'metrics',
      'records',
      'report',
      'server',
      'stats',
      'stream',
      'verdict',
    ],
    types: [],
  },
  // The stages for scripts of others.
  library: {
    values: ['api', 'conditions', 'config', 'dataset', 'metrics', 'records', 'scenario', 'stats', 'stream'],
    types: ['measure'],
  },
  cli: { values: ['*'], types: ['*'], runtime: 'node' },
};

interface Import {
  readonly file: string;
  readonly target: string;
  readonly isType: boolean;
}

function listImports(folder: string): Import[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  return files.filter((path) => path.endsWith('.ts') && !/\.(test|d)\.ts$/.test(path)).flatMap(readImports);
}

function readImports(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      found.push({ file, target: (node.moduleSpecifier as ts.StringLiteral).text, isType: isTypeOnly(node) });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments;
      if (target !== undefined && ts.isStringLiteral(target)) found.push({ file, target: target.text, isType: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const names = clause.namedBindings;
  if (clause.name !== undefined || names === undefined || !ts.isNamedImports(names)) return false;
  return names.elements.length > 0 && names.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function roomOf(file: string): string {
  return file.split('/')[1] as string;
}

function allows(layer: Layer, room: string, isType: boolean): boolean {
  const allowed = [...layer.values, ...(isType ? layer.types : [])];
  return room === 'shared' || allowed.includes('*') || allowed.includes(room);
}

/** null where an import is allowed. */
function complain({ file, target, isType }: Import): string | null {
  const room = roomOf(file);
  const layer = LAYERS[room] as Layer;
  if (!target.startsWith('.')) return complainOfRuntime(file, target, isType, layer);
  const path = normalize(join(dirname(file), target));
  if (path.startsWith('thresholds/')) return null;
  if (!path.startsWith('lib/')) return `${file} imports ${path}, which is not in lib/`;
  const other = roomOf(path);
  if (other === room || allows(layer, other, isType)) return null;
  return `${file} imports ${isType ? 'types' : 'values'} of ${other}: ${path}`;
}

function complainOfRuntime(file: string, target: string, isType: boolean, layer: Layer): string | null {
  const runtime = target.startsWith('node:') ? 'node' : /^k6(?:\/|$)/.test(target) ? 'k6' : null;
  if (runtime === null || isType || layer.runtime === runtime || basename(file).startsWith(`${runtime}-`)) return null;
  return `${file} imports ${target}, and its name does not say so`;
}

describe('the layers of lib/', () => {
  const imports = listImports('lib');

  it('has a row for every room, and a room for every row', () => {
    const rooms = readdirSync('lib', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(rooms.map(({ name }) => name).sort()).toEqual(Object.keys(LAYERS).sort());
  });

  it('allows every import that there is', () => {
    expect(imports.map(complain).filter((complaint) => complaint !== null)).toEqual([]);
  });

  it('allows no import that there is not', () => {
    const used = (room: string, types: boolean): Set<string> => {
      const own = imports.filter(({ file, isType }) => roomOf(file) === room && (types || !isType));
      return new Set(own.map(({ file, target }) => roomOf(normalize(join(dirname(file), target)))));
    };
    const idle = Object.entries(LAYERS).flatMap(([room, { values, types }]) => [
      ...values
        .filter((other) => other !== '*' && !used(room, false).has(other))
        .map((other) => `${room}: values of ${other}`),
      ...types
        .filter((other) => other !== '*' && !used(room, true).has(other))
        .map((other) => `${room}: types of ${other}`),
    ]);
    expect(idle).toEqual([]);
  });
});
