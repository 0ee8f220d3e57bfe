import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd, startServer } from './child.ts';
import { type BenchContext, built } from './context.ts';

/** A run of the command line, and the service that it is against. */
interface MockedRun {
  readonly engine: 'k6' | 'node';
  readonly mock: readonly (string | number)[];
  readonly load: readonly (string | number)[];
}

/** Runs a load against a mock of its own, a process beside it, and hands its results on before they are removed. */
export async function runAgainstMock<T>(
  context: BenchContext,
  { engine, mock, load }: MockedRun,
  read: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-bench-'));
  const server = await startServer(built(context).script('mock'), ['--spin', 'off', ...mock]);
  try {
    const words = [
      ...['run', '--engine', engine, '--url', `${server.url}/v1/chat/completions`, '--model', 'bench', ...load],
      ...['--no-test-connection', '--connect-probes', 'false'],
      ...['--outputs-dir', folder, '--name', 'run', '--no-timestamp'],
    ];
    await runToEnd([process.execPath, built(context).cli, ...words.map(String)]);
    return await read(join(folder, 'run'));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
