/** k6's console, which @types/k6 leaves to the DOM's types. */
declare const console: {
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
};

/** k6's timers, likewise. */
declare function setTimeout(callback: () => void, delayMs: number): number;
