import { spawnSync } from 'node:child_process';

/** Builds what the whole-way tests run; declarations are left to `npm run build`. */
export default function setup(): void {
  const build = spawnSync(process.execPath, ['esbuild.config.mjs', '--no-types'], { encoding: 'utf8' });
  if (build.status !== 0) throw new Error(`the build failed:\n${build.stdout}${build.stderr}`);
}
