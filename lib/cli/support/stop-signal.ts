import { EXIT_CODES } from '../../shared/errors.ts';
import type { ProcessLike } from '../command.ts';
import { STOP_SIGNALS } from './output.ts';

/**
 * Runs something that the first of the stop signals stops gracefully, so that what was measured is reported, and the second
 * ends at once.
 */
export async function withStopSignal<T>(
  process: ProcessLike,
  run: (signal: AbortSignal) => Promise<T>,
  notice = 'stopping, what was measured is reported; once more to stop at once',
): Promise<T> {
  const controller = new AbortController();
  const stop = (name?: unknown): void => {
    if (controller.signal.aborted) process.exit(EXIT_CODES.interrupted);
    if (notice !== '') process.stderr.write(`\n${notice}\n`);
    controller.abort(typeof name === 'string' ? name : undefined);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
  try {
    return await run(controller.signal);
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
  }
}
