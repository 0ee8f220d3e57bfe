import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { RunConfig } from '../../config/parameters.ts';
import { CommandError } from '../support/output.ts';

/** A k6 on this machine, and whether it has the extension that streams. */
export type FoundK6 =
  | { readonly state: 'found'; readonly path: string; readonly version: string; readonly hasSse: boolean }
  | { readonly state: 'missing'; readonly reason: string };

const run = promisify(execFile);

/**
 * Looks for k6 in `K6_BIN`, else on the PATH, and asks it for its version and extensions.
 *
 * A stock k6 can also fetch the extension when it loads a script; whether it may is not known here, so only what is
 * built in counts.
 */
export async function findK6(env: Readonly<Record<string, string | undefined>>): Promise<FoundK6> {
  const named = env['K6_BIN'];
  const path = named || searchPath(env['PATH'] ?? '', process.platform === 'win32' ? 'k6.exe' : 'k6');
  if (path === null) return { state: 'missing', reason: 'there is no k6 on the PATH, and K6_BIN is not set' };
  try {
    const { stdout } = await run(path, ['version'], { timeout: 20_000 });
    return { state: 'found', path, version: stdout.split('\n')[0]?.trim() ?? '', hasSse: stdout.includes('k6/x/sse') };
  } catch (error) {
    const from = named ? 'K6_BIN' : 'the PATH';
    return { state: 'missing', reason: `k6 from ${from} does not run: ${(error as Error).message.split('\n')[0]}` };
  }
}

export type ChosenEngine =
  | { readonly name: 'node' }
  | { readonly name: 'k6'; readonly path: string; readonly version: string };

/**
 * The engine for `--engine`: with `auto`, k6 where it is found and has the extension, else Node.
 *
 * @param onFallback called with the reason where `auto` takes Node
 * @throws {CommandError} where k6 is asked for and cannot be used
 */
export async function chooseEngine(
  wanted: RunConfig['engine'],
  env: Parameters<typeof findK6>[0],
  onFallback: (reason: string) => void,
): Promise<ChosenEngine> {
  if (wanted === 'node') return { name: 'node' };
  const found = await findK6(env);
  if (found.state === 'found' && found.hasSse) return { name: 'k6', path: found.path, version: found.version };
  const reason = found.state === 'missing' ? found.reason : `${found.path} (${found.version}) has no k6/x/sse built in`;
  if (wanted === 'k6') throw new CommandError(`${reason}\n${INSTALL_K6}`);
  onFallback(reason);
  return { name: 'node' };
}

function searchPath(path: string, file: string): string | null {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, file);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** What to do when k6 or its extension is missing. */
const INSTALL_K6 = [
  'k6 with the extension k6/x/sse is needed for --engine k6. One of:',
  '  - build one: go install go.k6.io/xk6@latest && xk6 build --with github.com/phymbert/xk6-sse, then put it on the PATH or name it in K6_BIN',
  '  - k6 1.3 and newer can fetch the extension by itself: K6_ENABLE_COMMUNITY_EXTENSIONS=true k6 run … dist/openqa.js (k6 2: on by default)',
  '  - without the extension: k6 run … dist/http/openqa.js (no chunk timings, TTFT is the time to the first byte)',
  '  - without k6: --engine node',
].join('\n');
