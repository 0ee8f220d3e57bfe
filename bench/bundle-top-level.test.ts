import { readFileSync, statSync } from 'node:fs';
import { SourceMap } from 'node:module';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const BUNDLE = 'dist/openqa.js';
/** In bytes; k6 reads and compiles it once, but makes its functions anew for every VU. */
const LARGEST = 170_000;
/** Each costs every VU about 1 kB; what one copy of a script calls is in the lazy part (esbuild.lazy-part.mjs). */
const MOST_FUNCTIONS = 20;

/** What runs when a VU loads the script, outside of all functions: constructions by their k6 names, and calls. */
function listTopLevelCalls(source: ts.SourceFile): { constructed: string[]; calls: number } {
  const imported = readImports(source);
  const constructed = new Set<string>();
  let calls = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isCallExpression(node)) calls += 1;
    if (ts.isNewExpression(node)) {
      const name = node.expression.getText(source);
      constructed.add(imported.get(name) ?? name);
    }
    ts.forEachChild(node, visit);
  };
  for (const statement of source.statements) visit(statement);
  return { constructed: [...constructed].sort(), calls };
}

/** The names that imports had before the bundle was made small: `Counter` for the `a` of `import { Counter as a }`. */
function readImports(source: ts.SourceFile): ReadonlyMap<string, string> {
  const clauses = source.statements
    .filter(ts.isImportDeclaration)
    .map(({ importClause }) => importClause?.namedBindings);
  return new Map(
    clauses.flatMap((bindings) =>
      bindings !== undefined && ts.isNamedImports(bindings)
        ? bindings.elements.map(({ name, propertyName }) => [name.text, (propertyName ?? name).text] as const)
        : [],
    ),
  );
}

describe(`the top level of ${BUNDLE}, which every VU runs`, () => {
  const source = ts.createSourceFile(BUNDLE, readFileSync(BUNDLE, 'utf8'), ts.ScriptTarget.ES2022);

  it('makes the scenario, and does nothing else', () => {
    // The one call is createScenario.
    expect(listTopLevelCalls(source)).toEqual({ constructed: [], calls: 1 });
  });

  it('makes few functions', () => {
    const functions = source.statements.filter(ts.isFunctionDeclaration);
    expect(functions.length).toBeGreaterThan(2);
    expect(functions.length).toBeLessThan(MOST_FUNCTIONS);
  });

  it('gives lazy parts what they have in common with it', () => {
    // Of lib/measure/classify-error-text.ts, which VUs and the connection test read.
    expect(source.text.split('is in a blacklisted range')).toHaveLength(2);
  });

  it('makes the functions of a lazy part once, since nothing runs before the statement that returns them', () => {
    const isGuard = (statement: ts.Statement): boolean => /^if\(([\w$]+)\)return \1;?$/.test(statement.getText(source));
    const guards = source.statements
      .filter(ts.isFunctionDeclaration)
      .map(({ body }) => body?.statements.findIndex(isGuard) ?? -1)
      .filter((place) => place >= 0);
    expect(guards.length).toBeGreaterThan(5);
    expect(new Set(guards)).toEqual(new Set([0]));
  });

  it('is small', () => {
    expect(statSync(BUNDLE).size).toBeLessThan(LARGEST);
  });
});

it('shortens no name of what others hand over: events and APIs of a user, and what the Node engine answers', () => {
  const config = readFileSync('esbuild.config.mjs', 'utf8');
  const list = /const OWN_PROPERTIES = \[([\s\S]*?)\n\];/.exec(config)?.[1] ?? '';
  const own = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name as string);
  expect(own.length).toBeGreaterThan(50);
  const files = ['lib/api/delta.ts', 'lib/api/api.ts', 'lib/stream/k6-x-sse.d.ts'];
  const handed = files.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/^ +(?:readonly )?(\w+)\??[:(]/gm)].map(([, name]) => name),
  );
  expect(handed.length).toBeGreaterThan(40);
  // Of a request, which a bundle makes itself.
  expect(own.filter((name) => handed.includes(name))).toEqual(['mostOutputTokens']);
});

describe(`the map of ${BUNDLE}, from which k6 reads the lines of a stack`, () => {
  const lines = readFileSync(BUNDLE, 'utf8').split('\n');
  const map = new SourceMap(JSON.parse(readFileSync(`${BUNDLE}.map`, 'utf8')));

  // One of each kind of part: what a VU does, what runs once, and what stands within that.
  it.each([
    ['lib/stream/k6-http.ts', 'stopped after ${'],
    ['lib/shared/decode-text.ts', 'it is gzip of gzip'],
    ['lib/dataset/gunzip.ts', 'it is damaged gzip'],
  ])('leads to the line of %s that throws "%s"', (file, text) => {
    const line = lines.findIndex((each) => each.includes(text));
    const column = lines[line]?.indexOf(text) ?? -1;
    const entry = map.findEntry(line, column);
    expect('originalSource' in entry && entry.originalSource).toMatch(new RegExp(`${file}$`));
    const original = readFileSync(file, 'utf8').split('\n')['originalLine' in entry ? entry.originalLine : -1];
    expect(original).toMatch(/throw new /);
    expect(original).toContain(text);
  });
});
