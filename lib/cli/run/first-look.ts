import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capOf, isOpenLoop, LOAD_SETTINGS } from '../../config/open-loop.ts';
import { PARAMETERS } from '../../config/parameters.ts';
import { runBundle } from '../../engine/index.ts';
import { readRecords } from '../../records/node-record-reader.ts';
import { formatCount } from '../../shared/format-count.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { bundlePath } from '../support/package-paths.ts';
import type { LoadSurroundings, PlannedLoad } from './run-load.ts';

/** How many requests, side by side. */
const REQUESTS = 3;
const LONGEST_S = 60;
/** They would gate, stop or warm up the look, or write beside it. */
const NOT_OF_A_LOOK = [
  ...LOAD_SETTINGS,
  ...(['warmupNum', 'thresholds', 'gates', 'records', 'datasetOffset'] as const),
  // Its requests are few, and each is waited for.
  ...(['cancelRate', 'cancelAfter', 'maxErrors', 'maxErrorRate', 'serverMetrics', 'gpuMetrics'] as const),
] as const;

/** Where the bundle reads what the look found: a latency in milliseconds. */
export const LOOK_VARIABLE = 'LLM_PERF_FIRST_LOOK';

/**
 * What a reader has to know where the run sends prompts of the trial requests again, which the service may have in its prefix
 * cache: those after the run's are its own first ones where the dataset ends within them.
 *
 * @param sent prompts of the run, warm-up included
 * @param promptCount of the dataset
 * @returns null where there are enough for both, and of a single prompt, which the connection test sends, too, and tells of
 */
export function describeLookedPrompts(sent: number, promptCount: number): string | null {
  const alike = Math.min(REQUESTS, promptCount, sent + REQUESTS - promptCount);
  if (alike <= 0 || promptCount === 1) return null;
  return `The trial requests sent ${formatCount(alike, 'prompt')} that the run sends, too; the service may have cached them.`;
}

/**
 * A first look at the service, before an open loop without a cap: the longest latency of a few requests, from which the number
 * of places follows. Their prompts come after those of the run, so that none of those is in a cache.
 *
 * @param sent prompts of the run, warm-up included; null where only time bounds them
 * @returns null where there is nothing to size, where the connection is not to be tested, and where no request completed,
 * which the test of the connection will tell
 */
export async function takeFirstLook(
  { env, config, sent }: Pick<PlannedLoad, 'env' | 'config'> & { readonly sent: number | null },
  { cwd, signal, output }: Pick<LoadSurroundings, 'cwd' | 'signal' | 'output'>,
): Promise<Milliseconds | null> {
  if (!isOpenLoop(config) || capOf(config) !== null || config.rate === 'inf' || config.noTestConnection) return null;
  if (!config.quiet) output.stderr.write(`${REQUESTS} trial requests, which size the load; they are in no number\n`);
  const left = new Set<string>(
    PARAMETERS.flatMap(({ name, env }) => (NOT_OF_A_LOOK.some((key) => key === name) ? [env] : [])),
  );
  const kept = Object.entries(env).filter(([name]) => !left.has(name));
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-look-'));
  const file = join(folder, 'records.jsonl');
  const sink = { write: () => true };
  let longest: Milliseconds | null = null;
  try {
    await runBundle({
      bundlePath: bundlePath(config.dataset),
      env: {
        ...Object.fromEntries(kept),
        ...{
          NUMBER: String(REQUESTS),
          // At once, also where they were recorded a day apart.
          RATE: 'inf',
          PARALLEL: String(REQUESTS),
          // Of a conversation the first turn; one that is made has as few as that.
          MAX_TURNS: '1',
          ...(config.dataset.startsWith('random') ? { MIN_TURNS: '1' } : {}),
          DATASET: config.dataset,
          NO_TEST_CONNECTION: 'true',
        },
        DATASET_OFFSET: String(config.datasetOffset + (sent ?? 0)),
        TOTAL_TIMEOUT: String(Math.min(config.totalTimeoutS, LONGEST_S)),
        LLM_PERF_SUMMARY_FILE: join(folder, 'summary.json'),
      },
      consoleOutput: file,
      ...{ cwd, stdout: sink, stderr: sink },
      ...(signal === undefined ? {} : { signal }),
    });
    await readRecords([file], ({ latency_ms }) => {
      if (latency_ms !== null) longest = Math.max(longest ?? 0, latency_ms);
    });
  } catch {
    // Whatever it is, the run meets it, too, and says so.
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return longest;
}
