import { findApi } from '../../api/apis.ts';
import { metricsPages } from '../../config/metrics-pages.ts';
import { createFlagSet } from '../../config/node-flags.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { createSecretMasker, maskUrl } from '../../config/secrets.ts';
import { askOnce } from '../../engine/index.ts';
import { EXIT_CODES, type Problem } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { cleanServerText } from '../../shared/server-text.ts';
import { hasSameOrigin } from '../../stream/redirect.ts';
import { CommandError } from '../support/output.ts';

const FLAGS = createFlagSet({
  resetCacheUrl: {
    group: 'Load',
    type: metricsPages,
    default: [],
    example: ['http://127.0.0.1:8000/reset_prefix_cache'],
    help: "A POST before each run and each point, which empties the prefix cache: vLLM's /reset_prefix_cache, SGLang's /flush_cache; several between commas. The key goes only where the requests do.",
  },
});

/** The setting of what is asked before each run, on the command line alone. */
export const RESET_FLAGS = FLAGS.specs;

/** The URLs that a setting names; what is wrong is added to `problems`. */
export function planCacheReset(env: Readonly<Record<string, string>>, problems: Problem[]): readonly string[] {
  return FLAGS.read(env, problems).resetCacheUrl;
}

/** As `benchmark_args.json` has it. */
export function showCacheReset(urls: readonly string[]): Readonly<Record<string, unknown>> {
  return urls.length === 0 ? {} : { reset_cache_url: urls.map(maskUrl) };
}

const LONGEST_RESET_MS = 30_000;

/** Where a reset is made, and what of it is a note of the run. */
interface ResetSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks every URL, one after another.
 *
 * @returns a line on what became of it, for the report; none where nothing was to be asked
 * @throws {CommandError} where one was not reset and the run is to begin cold
 */
export async function resetCaches(
  urls: readonly string[],
  config: RunConfig,
  surroundings: ResetSurroundings,
): Promise<string[]> {
  const failures: string[] = [];
  for (const url of urls) {
    const why = await resetOne(url, config, surroundings);
    if (why !== null) failures.push(`POST ${escapeText(maskUrl(url))}: ${why}`);
  }
  if (urls.length === 0) return [];
  const done = `The prefix cache was reset before the run: POST ${urls.map((url) => escapeText(maskUrl(url))).join(', ')}.`;
  const line =
    failures.length === 0 ? done : `The prefix cache was not reset, and may have been warm: ${failures.join('; ')}.`;
  surroundings.say(line);
  if (failures.length > 0 && config.requireCold) {
    throw new CommandError(`${line}\n  --require-cold: no load was sent`, EXIT_CODES.aborted);
  }
  return [line];
}

/** null where the server says that it did. A redirect is not followed. */
async function resetOne(
  url: string,
  config: RunConfig,
  { environment, signal }: ResetSurroundings,
): Promise<string | null> {
  const { status, text, error } = await askOnce({
    ...{ method: 'POST', url, headers: headersFor(url, config), timeoutMs: LONGEST_RESET_MS },
    ...{ insecure: config.insecure, env: environment, signal },
  });
  if (status >= 200 && status < 300) return null;
  const said = status === 0 ? error : `HTTP ${status}${text.trim() === '' ? '' : `: ${text.trim()}`}`;
  return escapeText(cleanServerText(said, createSecretMasker({ ...config, urls: [...config.urls, url] }), 200));
}

/** Those of the requests where the origin is theirs; elsewhere none. A key of k6's secret source is not known here. */
function headersFor(url: string, config: RunConfig): Readonly<Record<string, string>> {
  if (!config.urls.some((own) => hasSameOrigin(own, url))) return {};
  const { 'Content-Type': _, ...headers } = findApi(config).headers(config);
  return headers;
}
