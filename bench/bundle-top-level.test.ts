import { readFileSync, statSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const BUNDLE = 'dist/openqa.js';
/** In bytes; k6 reads and compiles it once, but makes its functions anew for every VU. */
const LARGEST = 170_000;
/** Each costs every VU about 1 kB; what one copy of a script calls is in the lazy part (esbuild.lazy-part.mjs). */
const MOST_FUNCTIONS = 200;

/** What runs when a VU loads the script: calls and constructions outside of all functions, each name once. */
function listTopLevelCalls(source: ts.SourceFile): string[] {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isCallExpression(node)) names.add(node.expression.getText(source));
    if (ts.isNewExpression(node)) names.add(`new ${node.expression.getText(source)}`);
    ts.forEachChild(node, visit);
  };
  for (const statement of source.statements) visit(statement);
  return [...names].sort();
}

describe(`the top level of ${BUNDLE}, which every VU runs`, () => {
  const source = ts.createSourceFile(BUNDLE, readFileSync(BUNDLE, 'utf8'), ts.ScriptTarget.ES2022);

  it('makes the metrics and the scenario, and does nothing else', () => {
    expect(listTopLevelCalls(source)).toEqual(['createScenario', 'new Counter', 'new Gauge', 'new Rate', 'new Trend']);
  });

  it('makes few functions', () => {
    const functions = source.statements.filter(ts.isFunctionDeclaration);
    expect(functions.length).toBeGreaterThan(20);
    expect(functions.length).toBeLessThan(MOST_FUNCTIONS);
  });

  it('is small', () => {
    expect(statSync(BUNDLE).size).toBeLessThan(LARGEST);
  });
});
