import { parseMockFlags, renderMockHelp } from '../../mock/options.ts';
import { startMockServer } from '../../mock/server.ts';
import type { Command } from '../run-cli.ts';
import { withStopSignal } from '../support/stop-signal.ts';

/** `k6-llm-perf mock`: serves until it is stopped. */
export const mockCommand: Command = async (args, process) => {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${renderMockHelp()}\n`);
    return 0;
  }
  const server = await startMockServer(parseMockFlags(args));
  process.stdout.write(
    `mock LLM server at ${server.url}/v1/chat/completions (timings it kept: ${server.url}/__timings)\n`,
  );
  await withStopSignal(
    process,
    (signal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
    '',
  );
  await server.close();
  return 0;
};
