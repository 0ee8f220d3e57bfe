/** k6's exit codes, as far as the engine uses them. */
export const ENGINE_EXIT_CODES = {
  ok: 0,
  thresholdsCrossed: 99,
  setupTimeout: 100,
  teardownTimeout: 101,
  badConfiguration: 104,
  interrupted: 105,
  exception: 107,
  aborted: 108,
  markedAsFailed: 110,
  other: 255,
} as const;

/** The reason why a run ends otherwise than well: a text for the user and k6's exit code for it. */
export class EngineError extends Error {
  override readonly name: string = 'EngineError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What `exec.test.abort()` throws through the script, to stop it where it is; then the reason why the run ends. */
export class AbortTest extends EngineError {
  override readonly name = 'AbortTest';

  constructor(message: string) {
    super(message, ENGINE_EXIT_CODES.aborted);
  }
}

/** Why the run ends after an error in init, setup, teardown or `handleSummary`. */
export function toEngineError(error: unknown): EngineError {
  return error instanceof EngineError ? error : new EngineError(describeException(error), ENGINE_EXIT_CODES.exception);
}

/** An exception of the script as one text: the stack of an Error, k6-like text for anything else that was thrown. */
export function describeException(error: unknown): string {
  if (error instanceof Error) return scriptStack(error.stack ?? `${error.name}: ${error.message}`);
  if (typeof error === 'object' && error !== null) {
    try {
      return JSON.stringify(error);
    } catch {
      return Object.prototype.toString.call(error);
    }
  }
  return String(error);
}

/** A stack without the engine's own frames, and with the script's as plain paths; one without any of the script stays whole. */
function scriptStack(stack: string): string {
  const lines = stack.split('\n');
  const own = lines.filter((line) => !/^\s+at /.test(line) || line.includes(SCRIPT_MARK));
  const kept = own.some((line) => line.includes(SCRIPT_MARK)) ? own : lines;
  return kept.join('\n').replaceAll(SCRIPT_MARK, '');
}

/** Tells the script's frames in a stack from the engine's: the end of its files' names. */
export const SCRIPT_MARK = '?k6-script';
