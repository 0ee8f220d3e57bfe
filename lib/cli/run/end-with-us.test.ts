import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** A parent that starts a child under watch, says its number, and waits or lets it go. */
async function startParent(then: string) {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { spawn } from 'node:child_process';
        import { endWithUs } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'end-with-us.ts')).pathname)};
        const code = "process.on('SIGINT', () => { console.log('interrupted'); process.exit(); }); console.log('ready', process.pid); setInterval(() => {}, 1000);";
        const child = spawn(process.execPath, ['-e', code], { detached: true, stdio: ['ignore', 'inherit', 'ignore'] });
        const watch = endWithUs(child.pid);
        ${then}`,
      resolveDir: '/',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  const parent = spawn(process.execPath, ['--input-type=module', '-e', outputFiles[0]?.text ?? ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  parent.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
  while (!said.includes('ready')) await once(parent.stdout, 'data');
  return { parent, said: () => said };
}

describe.skipIf(process.platform === 'win32')('endWithUs', () => {
  it('interrupts a child whose parent was killed', async () => {
    const { parent, said } = await startParent('setInterval(() => {}, 1000);');
    parent.kill('SIGKILL');
    // The child holds the pipe until it ends.
    await once(parent, 'close');
    expect(said()).toContain('interrupted');
  });

  it.skipIf(!existsSync('/proc/self/cmdline'))('leaves a child alone that is said to be over', async () => {
    const { parent, said } = await startParent("watch.over(); console.log('over'); setInterval(() => {}, 1000);");
    while (!said().includes('over')) await once(parent.stdout, 'data');
    const pid = Number(/ready (\d+)/.exec(said())?.[1]);
    while (isWatched(pid)) await new Promise((resolve) => setImmediate(resolve));
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(() => process.kill(pid, 0)).not.toThrow();
    process.kill(pid, 'SIGKILL');
    await once(parent, 'close');
    expect(said()).not.toContain('interrupted');
  });
});

/** Whether a shell is there whose last word is the number of the child, as the watcher's is. */
function isWatched(pid: number): boolean {
  return readdirSync('/proc').some((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').endsWith(`\0sh\0${pid}\0`);
    } catch {
      return false;
    }
  });
}
