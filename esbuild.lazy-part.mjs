import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * An esbuild plugin that puts modules into a part of the bundle that comes to life when one of their functions is called.
 *
 * k6 makes every function of a script anew for every VU, about 1 kB each, called or not. The functions of the lazy part
 * stand inside one function, and are made by its first call. The modules may export functions only, and import nothing
 * of k6; what they have in common with the rest is in the bundle twice, so it must not be told apart by identity.
 * @param {string} name of this part, where there are several
 * @param {readonly string[]} files paths from the working directory
 * @param {readonly import('esbuild').Plugin[]} inner lazy parts within this one
 */
export function lazyPart(name, files, inner = []) {
  const namespace = `lazy-part-${name}`;
  const paths = new Set(files.map((file) => realpathSync(file)));
  return {
    name: namespace,
    setup({ onResolve, onLoad, initialOptions }) {
      onResolve({ filter: /\.ts$/ }, ({ path, resolveDir }) => {
        const full = join(resolveDir, path);
        const real = existsSync(full) ? realpathSync(full) : full;
        return paths.has(real) ? { path: real, namespace } : undefined;
      });
      onResolve({ filter: new RegExp(`^${namespace}$`) }, () => ({ path: 'all', namespace }));
      onLoad({ filter: /\.ts$/, namespace }, ({ path }) => ({ contents: wrap(path, namespace), loader: 'js' }));
      onLoad({ filter: /^all$/, namespace }, async () => ({
        contents: await bundle([...paths], initialOptions, inner),
        loader: 'js',
      }));
    },
  };
}

function wrap(path, namespace) {
  const names = [...readFileSync(path, 'utf8').matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name]) => name);
  const functions = names.map((name) => `export const ${name} = (...given) => load().${name}(...given);`);
  return [`import { load } from '${namespace}';`, ...functions].join('\n');
}

async function bundle(paths, { target, supported, define, platform }, plugins) {
  const { outputFiles } = await build({
    stdin: { contents: paths.map((path) => `export * from ${JSON.stringify(path)};`).join('\n'), resolveDir: '/' },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'lazyPart',
    minifyIdentifiers: true,
    banner: { js: 'let loaded;\nexport function load() {\nif (loaded) return loaded;' },
    footer: { js: 'loaded = lazyPart;\nreturn loaded;\n}' },
    sourcemap: 'inline',
    target,
    supported,
    define,
    platform,
    plugins: [withoutHelp, withDatasetNames, ...plugins],
    minifySyntax: true,
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}

/** The texts of `--help` are a third of the table of parameters, and k6 has no `--help`. */
const withoutHelp = {
  name: 'without-help',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]config[/\\]parameters\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/^ +help:\s+(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"),$/gm, ''),
      loader: 'ts',
    }));
  },
};

/** A script reads one dataset, and knows the others by name: those of their files. */
const withDatasetNames = {
  name: 'with-dataset-names',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]dataset[/\\]dataset-names\.ts$/ }, ({ path }) => {
      const names = readdirSync(join(dirname(path), 'sets')).map((file) => basename(file, '.ts'));
      return { contents: `export const DATASET_NAMES = ${JSON.stringify(names)};` };
    });
  },
};
