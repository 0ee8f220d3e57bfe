/** Where text goes: `process.stderr` and the like. */
export interface TextSink {
  write(text: string): unknown;
}

/** The engine's own messages and the script's `console`, one line each, on stderr. */
export interface Logger {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** @param stderr takes every line; `warning: ` and `error: ` tell the engine's messages from the script's output */
export function createLogger(stderr: TextSink): Logger {
  return {
    info: (text) => void stderr.write(`${text}\n`),
    warn: (text) => void stderr.write(`warning: ${text}\n`),
    error: (text) => void stderr.write(`error: ${text}\n`),
  };
}
