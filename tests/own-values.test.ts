import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

/** Where a word from outside meets an object, and the object's own keys are not what is meant or are seen to. */
const ALLOWED = [
  // The one place that looks up.
  'lib/shared/own-value.ts: table[key]',
  // A Proxy asks what its target has, inherited members among it.
  'lib/engine/modules/strict-object.ts: key in target',
  // Fields of a body whose names are the API's, or the body's own keys.
  'lib/api/build-request.ts: body[limit]',
  'lib/api/build-request.ts: body[field]',
  'lib/api/connection-requests.ts: body[field]',
  // The keys are the value's own.
  'lib/shared/server-text.ts: cleaned[key]',
];

function listSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.(test|d)\.ts$/.test(path))
    .map((path) => join(folder, path));
}

/** A table of ours: a constant whose value is written down as an object. */
function isTable(expression: ts.Expression, checker: ts.TypeChecker): boolean {
  if (ts.isPropertyAccessExpression(expression)) return isTable(expression.expression, checker);
  if (!ts.isIdentifier(expression)) return false;
  const symbol = checker.getSymbolAtLocation(expression);
  const original = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = original?.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return false;
  return declaration.initializer !== undefined && ts.isObjectLiteralExpression(unwrap(declaration.initializer));
}

function unwrap(expression: ts.Expression): ts.Expression {
  return ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression)
    ? unwrap(expression.expression)
    : expression;
}

/** Whether a key may be any text, and not one of a few known ones. */
function isAnyText(key: ts.Expression, checker: ts.TypeChecker): boolean {
  const type = checker.getTypeAtLocation(key);
  return (type.isUnion() ? type.types : [type]).some(({ flags }) => (flags & ts.TypeFlags.String) !== 0);
}

/** The left of an assignment, or what is deleted: nothing is read. */
function isWritten({ parent }: ts.Node): boolean {
  if (ts.isDeleteExpression(parent)) return true;
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}

function isRisky(node: ts.Node, checker: ts.TypeChecker): boolean {
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) {
    return !ts.isStringLiteral(node.left) && !ts.isPrivateIdentifier(node.left);
  }
  if (!ts.isElementAccessExpression(node) || isWritten(node)) return false;
  return isTable(node.expression, checker) && isAnyText(node.argumentExpression, checker);
}

function findRiskyLookups(files: readonly string[]): string[] {
  const config = ts.getParsedCommandLineOfConfigFile('tsconfig.node.json', {}, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: () => undefined,
  } as ts.ParseConfigFileHost);
  const program = ts.createProgram([...files], config?.options ?? {});
  const checker = program.getTypeChecker();
  const found: string[] = [];
  for (const file of files) {
    const source = program.getSourceFile(file);
    const visit = (node: ts.Node): void => {
      if (isRisky(node, checker)) found.push(`${relative('.', file)}: ${node.getText(source)}`);
      ts.forEachChild(node, visit);
    };
    if (source !== undefined) visit(source);
  }
  return found;
}

// `'constructor' in TABLE` is true, and TABLE['toString'] is a function: `--gate 'constructor(ttft<500)>=1'` passed so.
it('no word from outside is looked up among what every object inherits', () => {
  const found = findRiskyLookups([...listSources('lib'), ...listSources('scripts')]);
  expect([...new Set(found)].filter((place) => !ALLOWED.includes(place))).toEqual([]);
}, 120_000);

it('the search finds such lookups where they are', () => {
  const found = findRiskyLookups(['tests/fixtures/risky-lookups.ts']);
  expect(found.map((place) => place.split(': ')[1])).toEqual(['TABLE[word]', 'word in TABLE', 'NESTED.inner[word]']);
}, 60_000);
