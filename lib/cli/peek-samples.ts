import { checkResultsPaths, openResults } from '../records/node-open-results.ts';

/** What the beginning of a run's samples tells of it. */
export interface PeekedRun {
  /** null where no sample is tagged with one. */
  readonly model: string | null;
  /** The configuration of the run, secrets masked; empty where it is not among the first samples. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** The configuration is written in setup, and every sample is tagged with the model. */
const PEEKED = 1_000_000;

/**
 * Looks at the beginning of the first file, for what must be known before the samples are read.
 *
 * @throws {ConfigError} for files that are not there
 */
export async function peekSamples(paths: readonly string[]): Promise<PeekedRun> {
  checkResultsPaths(paths);
  let text = '';
  let model: unknown = null;
  let args: unknown = null;
  for await (const piece of openResults(paths[0] as string)) {
    text += (piece as Buffer).toString('utf8');
    model ??= findText(text, 'model');
    args ??= parseObject(findText(text, 'args'));
    if ((model !== null && args !== null) || text.length > PEEKED) break;
  }
  const told = (args as Readonly<Record<string, unknown>> | null) ?? {};
  // k6's own flags take the scenario away that carries the tag, and another script may leave setup out.
  const untagged = typeof told['model'] === 'string' ? told['model'] : findQuoted(text, 'model');
  return { model: (model as string | null) ?? untagged, args: told };
}

/** The first text under a key of the samples themselves, not of what is quoted in them. */
function findText(json: string, key: string): string | null {
  const found = new RegExp(`"${key}":("(?:[^"\\\\]|\\\\.)*")`).exec(json)?.[1];
  return found === undefined ? null : (JSON.parse(found) as string);
}

/** The first text under a key of JSON that is itself a text of the samples, such as a record. */
function findQuoted(json: string, key: string): string | null {
  const found = new RegExp(`\\\\"${key}\\\\":\\\\"((?:[^"\\\\]|\\\\\\\\.)*)\\\\"`).exec(json)?.[1];
  return found ?? null;
}

function parseObject(text: string | null): unknown {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
