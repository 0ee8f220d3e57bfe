import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { findApi } from '../../api/apis.ts';
import { loadConfig } from '../../config/load-config.ts';
import { PARAMETERS, type RunConfig } from '../../config/parameters.ts';
import { createSecretMasker } from '../../config/secrets.ts';
import { askOnce } from '../../engine/index.ts';
import { modelsUrl, readModelIds } from '../../scenario/served-models.ts';
import { ConfigError, EXIT_CODES, type Problem } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { quoteForShell } from '../../shared/quote-for-shell.ts';
import { cleanServerText } from '../../shared/server-text.ts';
import { CommandError, type Output } from '../support/output.ts';

interface ModelQuestion {
  readonly settings: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** More names than this are not listed. */
const MOST_MODELS = 20;
const LONGEST_QUESTION_MS = 30_000;
const PAUSE_MS = 1000;

/**
 * The settings with the only model that the server lists, where none is given. k6 cannot ask by itself: options and tags are
 * fixed before a script may send anything.
 *
 * Other settings that are wrong are left to the run, which tells them all together.
 * @throws {ConfigError} when the server lists several models, none, or does not say
 */
export async function withServedModel(question: ModelQuestion): Promise<Readonly<Record<string, string>>> {
  const { settings, environment, output, signal } = question;
  const given: Record<string, string | undefined> = { ...environment, ...settings };
  if (given['MODEL']) return settings;
  const { config } = loadConfig({ ...pickWay(given), MODEL: 'any' }, (path) => readFileSync(path, 'utf8'));
  if (config === null || config.apiKeySecret !== null) return settings;
  const mask = createSecretMasker(config);
  const show = (text: string): string => escapeText(cleanServerText(text, mask));
  const url = modelsUrl(config.url);
  const answer = await askUntilThere(config, url, show, question);
  if (signal.aborted) throw new CommandError('stopped before the model was known', EXIT_CODES.interrupted);
  const ids = answer.status === 200 ? readModelIds(answer.text) : null;
  const [first, ...others] = ids ?? [];
  // A name that holds the key, or is megabytes long, would go into every file.
  if (first !== undefined && others.length === 0 && cleanServerText(first, mask) === first) {
    output.stderr.write(`model: ${show(first)}, the only one that ${show(url)} lists\n`);
    return { ...settings, MODEL: first };
  }
  throw new ConfigError([describeChoice(ids, describeAnswer(answer), show(url), show)]);
}

/** The way to the server: a load that is wrong, or that a sweep or a search completes, is not in it. */
function pickWay(given: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const settings = PARAMETERS.filter(
    ({ group, name }) => group === 'Service' || name === 'connectTimeoutS' || name === 'waitForModelS',
  );
  const names = settings.flatMap(({ env, envFallbacks = [] }) => [env, ...envFallbacks]);
  return Object.fromEntries(names.map((name) => [name, given[name]]));
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly error: string;
}

/** Asks once, or, with `--wait-for-model`, until the server answers. */
async function askUntilThere(
  config: RunConfig,
  url: string,
  show: (text: string) => string,
  { environment, output, signal }: ModelQuestion,
): Promise<Answer> {
  const { 'Content-Type': _, ...headers } = findApi(config).headers(config);
  const deadline = Date.now() + (config.waitForModelS ?? 0) * 1000;
  const timeoutMs = Math.min(config.connectTimeoutS * 1000, LONGEST_QUESTION_MS);
  let said = '';
  for (;;) {
    const answer = await askOnce({ url, headers, timeoutMs, insecure: config.insecure, env: environment, signal });
    const isStarting = answer.status === 0 || answer.status === 404 || answer.status >= 500;
    if (!isStarting || signal.aborted || Date.now() + PAUSE_MS >= deadline) return answer;
    const words = show(describeAnswer(answer));
    if (words !== said) output.stderr.write(`waiting for ${show(url)}: ${words}\n`);
    said = words;
    await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}

function describeAnswer({ status, text, error }: Answer): string {
  return status === 0 ? error : `HTTP ${status}: ${text.trim()}`;
}

function describeChoice(
  ids: readonly string[] | null,
  answer: string,
  url: string,
  show: (text: string) => string,
): Problem {
  const key = 'MODEL (--model)';
  if (ids === null || ids.length < 2) {
    const [first] = ids ?? [];
    const none = ids === null ? `${url} lists none: ${show(answer)}` : `${url} lists no model`;
    const why =
      first === undefined ? none : `the name of the only model that ${url} lists holds the key, or has no end`;
    const allowed = 'the name under which the server knows the model';
    return { key, got: `nothing, and ${why}`, allowed, paste: '--model qwen2.5' };
  }
  const shown = ids.slice(0, MOST_MODELS).map(show).join(', ');
  const more = ids.length > MOST_MODELS ? `, and ${ids.length - MOST_MODELS} more` : '';
  return {
    key,
    got: `nothing, and the server has ${ids.length} models`,
    allowed: `one of ${shown}${more}`,
    paste: `--model ${quoteForShell(show(ids[0] as string))}`,
  };
}
