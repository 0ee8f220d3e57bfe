import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { minify } from 'terser';

/** What k6's JavaScript engine knows; its modules are strict, and their names nobody else's. */
const LANGUAGE = { ecma: 2022, module: true };

const INLINE_MAP = /\/\/# sourceMappingURL=data:application\/json;base64,(.*)/;

/** Says the same in less code than esbuild would. Names stay: a bundle gives its own. */
export async function compressPart(text) {
  const whole = { ...LANGUAGE, mangle: false, compress: false };
  const { ast } = await minify(text, { ...whole, format: { ast: true, code: false, spidermonkey: true } });
  for (const { type, declaration, body = declaration?.body ?? [] } of ast.body) {
    if (type === 'FunctionDeclaration') body.body = withArrows(body.body);
  }
  const content = Buffer.from(INLINE_MAP.exec(text)[1], 'base64').toString();
  const { code } = await minify(ast, {
    ...LANGUAGE,
    parse: { spidermonkey: true },
    mangle: false,
    compress: { passes: 2, unsafe_arrows: true },
    sourceMap: { content, url: 'inline', includeSources: true },
  });
  return code;
}

/** The functions of a part are declared before anything else in it, so none is called before its time. None looks at `this`. */
function withArrows(statements) {
  const functions = statements.filter(({ type, generator }) => type === 'FunctionDeclaration' && !generator);
  const declarations = functions.map(({ id, params, body, async }) => ({
    type: 'VariableDeclarator',
    id,
    init: { type: 'ArrowFunctionExpression', params, body, async, expression: false },
  }));
  if (declarations.length === 0) return statements;
  const others = statements.filter((statement) => !functions.includes(statement));
  return [{ type: 'VariableDeclaration', kind: 'var', declarations }, ...others];
}

/** Gives the names in a bundle anew, shorter within functions than esbuild does, and ends the file with the comments in `closing`. */
export async function shortenNames(path, closing) {
  const { code, map } = await minify(readFileSync(path, 'utf8'), {
    ...LANGUAGE,
    mangle: true,
    compress: false,
    format: { comments: false, max_line_len: 2000 },
    sourceMap: { content: readFileSync(`${path}.map`, 'utf8'), includeSources: true },
  });
  writeFileSync(path, `${code}\n${closing}//# sourceMappingURL=${basename(path)}.map\n`);
  writeFileSync(`${path}.map`, map);
}
