// Builds the package and the benchmarks into a folder of their own, so that a build in mid-run changes nothing that is
// measured, and runs them. `node bench/run.mjs --help` lists the flags.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { k6Settings } from '../esbuild.k6-settings.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Below node_modules, so that packages are found from there and no other tool looks at it.
const cache = join(root, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const read = ['package.json', 'package-lock.json', 'esbuild.k6-builtins.mjs', 'esbuild.shorten.mjs'];
for (const name of ['scripts', 'lib', 'datasets', 'node_modules', ...read])
  symlinkSync(join(root, name), join(folder, name));
const built = spawnSync(process.execPath, [join(root, 'esbuild.config.mjs'), '--no-types'], {
  cwd: folder,
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (built.status !== 0) process.exit(built.status ?? 1);

await build({
  absWorkingDir: root,
  entryPoints: {
    main: 'bench/main.ts',
    source: 'bench/source/serve.ts',
    mock: 'bench/source/mock.ts',
    'metrics-page': 'bench/source/metrics-page.ts',
    'watch-server': 'bench/node/watch-server.ts',
    drain: 'bench/node/drain-bytes.ts',
    engine: 'bench/node/run-engine.ts',
    parse: 'bench/node/parse-records.ts',
    read: 'bench/node/read-samples.ts',
    'run-load': 'bench/node/run-load.ts',
    'follow-records': 'bench/node/follow-records.ts',
  },
  outdir: join(folder, 'bench'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});

await build({
  ...k6Settings,
  absWorkingDir: root,
  entryPoints: {
    steps: 'bench/k6/k6-steps.ts',
    'count-events': 'bench/k6/k6-count-events.ts',
    'time-events': 'bench/k6/k6-time-events.ts',
  },
  outdir: join(folder, 'bench'),
});

process.env['BENCH_ROOT'] = root;
process.env['BENCH_BUILD'] = folder;
await import(pathToFileURL(join(folder, 'bench', 'main.js')).href);
