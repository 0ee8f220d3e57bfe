// Builds what people run: the k6 bundles (each twice, for k6/x/sse and for plain k6/http) and the Node entries.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const scripts = readdirSync('scripts').filter((file) => file.endsWith('.ts'));

/** Swaps the transport of a bundle when it is built, since k6 decides about imports when it loads the script. */
const plainHttp = {
  name: 'plain-http',
  setup({ onResolve }) {
    onResolve({ filter: /\/k6-sse\.ts$/ }, ({ resolveDir, importer }) =>
      basename(importer) === 'k6-transport.ts' ? { path: join(resolveDir, 'k6-http.ts') } : undefined,
    );
  },
};

/** @param {'sse' | 'http'} kind */
function k6Bundles(kind) {
  return build({
    entryPoints: scripts.map((file) => join('scripts', file)),
    outdir: kind === 'sse' ? 'dist' : 'dist/http',
    bundle: true,
    format: 'esm',
    platform: 'browser',
    // k6's JavaScript engine refuses a file that holds async generators or `for await`.
    target: 'es2022',
    supported: { 'async-generator': false, 'for-await': false },
    external: ['k6', 'k6/*'],
    define: { BUNDLE_DATASETS_DIR: JSON.stringify(kind === 'sse' ? '../datasets' : '../../datasets') },
    sourcemap: true,
    plugins: kind === 'sse' ? [] : [plainHttp],
    logLevel: 'warning',
  });
}

function nodeEntries() {
  return build({
    entryPoints: { cli: 'lib/cli/main.ts', index: 'lib/cli/index.ts' },
    outdir: 'dist/node',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    define: { PACKAGE_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
    sourcemap: true,
    logLevel: 'warning',
  });
}

function typeDeclarations() {
  const tsc = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], {
    stdio: 'inherit',
  });
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
}

function printSizes(folder) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const path = join(folder, file);
    console.log(`${path.padEnd(28)} ${(statSync(path).size / 1000).toFixed(1).padStart(7)} kB`);
  }
}

rmSync('dist', { recursive: true, force: true });
await Promise.all([k6Bundles('sse'), k6Bundles('http')]);
await nodeEntries();
if (!process.argv.includes('--no-types')) typeDeclarations();
for (const folder of ['dist', 'dist/http']) printSizes(folder);
