import { spawnSync } from 'node:child_process';

/** Set once the bundles are built: every project of a run comes by here, and no test may find a bundle half written. */
const BUILT = 'K6_LLM_PERF_TESTS_BUILT';

/** Builds what the whole-way tests run; declarations are left to `npm run build`. */
export default function setup(): void {
  if (process.env[BUILT] === String(process.pid)) return;
  const build = spawnSync(process.execPath, ['esbuild.config.mjs', '--no-types'], { encoding: 'utf8' });
  if (build.status !== 0) throw new Error(`the build failed:\n${build.stdout}${build.stderr}`);
  process.env[BUILT] = String(process.pid);
}
