import { createLineScanner } from '../../records/node-line-scanner.ts';
import { readPieces } from '../../records/node-open-results.ts';
import { isConsoleFile, readOwnLine } from '../../records/node-own-lines.ts';
import { isObject, parseJson } from '../../shared/json.ts';

/** What the beginnings of a run's files tell of it. */
export interface PeekedRun {
  /** null where no sample is tagged with one. */
  readonly model: string | null;
  /** The configuration of the run, secrets masked; empty where it is not among the first samples. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** The configuration is written in setup, and every sample is tagged with the model. */
const PEEKED = 1_000_000;

/** Looks at the beginning of each file, for what must be known before the samples are read, until one tells it. */
export async function peekSamples(paths: readonly string[]): Promise<PeekedRun> {
  let found: PeekedRun = { model: null, args: {} };
  for (const path of paths) {
    const { model, args } = await peekFile(path);
    found = { model: found.model ?? model, args: Object.keys(found.args).length > 0 ? found.args : args };
    // Of several instances only one may have run setup.
    if (found.model !== null && Object.keys(found.args).length > 0) break;
  }
  return found;
}

async function peekFile(path: string): Promise<PeekedRun> {
  const own = await peekConsole(path);
  if (own !== null) return own;
  let text = '';
  let model: unknown = null;
  let args: unknown = null;
  for await (const piece of readPieces(path, () => undefined)) {
    text += piece.toString('utf8');
    model ??= findText(text, 'model');
    args ??= parseObject(findText(text, 'args'));
    if ((model !== null && args !== null) || text.length > PEEKED) break;
  }
  const told = (args as Readonly<Record<string, unknown>> | null) ?? {};
  // k6's own flags take the scenario away that carries the tag, and another script may leave setup out.
  const untagged = typeof told['model'] === 'string' ? told['model'] : findQuoted(text, 'model');
  return { model: (model as string | null) ?? untagged, args: told };
}

/** What a console file tells, by its line about the run, else by its first record; null for any other file. */
async function peekConsole(path: string): Promise<PeekedRun | null> {
  if (!(await isConsoleFile(path))) return null;
  let size = 0;
  let found: PeekedRun = { model: null, args: {} };
  const scanner = createLineScanner({
    onLine(line) {
      const content = parseJson(readOwnLine(line) ?? 'null');
      if (!isObject(content)) return;
      const { llm_perf: kind, args, model } = content;
      if (kind === 'run' && isObject(args)) found = { model: found.model ?? readText(args['model']), args };
      if (kind === 'record') found = { ...found, model: found.model ?? readText(model) };
    },
    onLongLine: () => undefined,
  });
  for await (const piece of readPieces(path, () => undefined)) {
    scanner.push(piece.subarray(0, PEEKED));
    size += piece.length;
    if ((found.model !== null && Object.keys(found.args).length > 0) || size > PEEKED) break;
  }
  return found;
}

function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The first text under a key of the samples themselves, not of what is quoted in them. */
function findText(json: string, key: string): string | null {
  const found = new RegExp(`"${key}":("(?:[^"\\\\]|\\\\.)*")`).exec(json)?.[1];
  const value = parseJson(found ?? 'null');
  return typeof value === 'string' ? value : null;
}

/** The first text under a key of JSON that is itself a text of the samples, such as a record. */
function findQuoted(json: string, key: string): string | null {
  const found = new RegExp(`\\\\"${key}\\\\":\\\\"((?:[^"\\\\]|\\\\\\\\.)*)\\\\"`).exec(json)?.[1];
  return found ?? null;
}

function parseObject(text: string | null): unknown {
  const value = parseJson(text ?? 'null');
  return isObject(value) ? value : null;
}
