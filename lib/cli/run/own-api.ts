import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { runInThisContext } from 'node:vm';
import type { BuildFailure } from 'esbuild';
import { isApiFile } from '../../config/api-name.ts';
import { ConfigError } from '../../shared/errors.ts';
import { showPath } from '../../shared/show-word.ts';
import { bundlePath, CUSTOM_API_PATH, DATASETS_DIR } from '../support/package-paths.ts';

/** The name of the script in the folder of the results. */
const SCRIPT_FILE = 'script.js';

/** What is put in front of a script so that it speaks the API of a file; by the file's path, as the settings have it. */
const prepared = new Map<string, string>();

/**
 * Makes the API of a file known, to this process and to the scripts that it writes, in place of one before; nothing for the name of
 * an included one.
 *
 * @throws {ConfigError} for a file that is not there, that cannot be bundled, or whose default export is not an API
 */
export async function prepareOwnApi(api: string | undefined, cwd: string): Promise<void> {
  // A script that ran in this process leaves what it brought along.
  globalThis.llmPerfApis = undefined;
  if (api === undefined || !isApiFile(api)) return;
  const path = resolve(cwd, api);
  if (!existsSync(path)) throw refuse(`${showPath(api)}: there is no such file`);
  const { build } = await import('esbuild');
  const contents = [
    `import api from ${JSON.stringify(path)};`,
    `import { adaptApi } from ${JSON.stringify(CUSTOM_API_PATH)};`,
    'const own = adaptApi(api);',
    'globalThis.llmPerfApis = () => [own];',
  ].join('\n');
  try {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: dirname(path), loader: 'ts' },
      bundle: true,
      write: false,
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      supported: { 'async-generator': false, 'for-await': false },
      external: ['k6', 'k6/*'],
      logLevel: 'silent',
    });
    const text = outputFiles[0]?.text ?? '';
    runInThisContext(text, { filename: basename(path) });
    prepared.set(api, text);
  } catch (error) {
    throw refuse(`${showPath(api)}: ${firstLine(error)}`);
  }
}

/** The script of a workload that speaks the API of a file; null where the settings name an included one. */
export function renderOwnScript(api: string, dataset: string): string | null {
  const own = prepared.get(api);
  if (own === undefined) return null;
  const script = readFileSync(bundlePath(dataset), 'utf8')
    // Its lines are no longer those of the map.
    .replace(/^\/\/# sourceMappingURL=.*$/m, '')
    // It lies elsewhere.
    .replaceAll('"../datasets"', JSON.stringify(DATASETS_DIR));
  return `${own}\n${script}`;
}

/** Writes that script into the folder of the results. @returns its path; null where there is none */
export function writeOwnScript(api: string, dataset: string, folder: string): string | null {
  const script = renderOwnScript(api, dataset);
  if (script === null) return null;
  const path = join(folder, SCRIPT_FILE);
  writeFileSync(path, script);
  return path;
}

/** What esbuild says of a file, with where; else what the file throws while it loads. */
function firstLine(error: unknown): string {
  const [first] = (error as Partial<BuildFailure>).errors ?? [];
  if (first === undefined) return explain(String((error as Error).message).split('\n')[0] ?? '');
  const { location, text } = first;
  // What comes before the file is ours.
  if (location?.file === '<stdin>') return 'it has no default export';
  const where = location === null ? '' : ` (${basename(location.file)}:${location.line})`;
  return `${explain(text)}${where}`;
}

/** The reasons behind what the bundler and the runtime say of modules that k6 does not have, or gives to scripts alone. */
function explain(words: string): string {
  const [, module = '', isOfK6] = /^(?:Could not resolve|Dynamic require of) "((k6\/?)?[^"]*)"/.exec(words) ?? [];
  if (isOfK6 !== undefined) return `it imports ${module}, and an API only says what requests are and answers mean`;
  return isBuiltin(module) ? `it imports ${module}, a module of Node, which k6 does not have` : words;
}

function refuse(got: string): ConfigError {
  return new ConfigError([
    {
      key: 'API (--api)',
      got,
      allowed: 'a TypeScript or JavaScript file whose default export is an API (docs/apis.md, "An API of your own")',
      paste: '--api ./my-api.ts',
    },
  ]);
}
