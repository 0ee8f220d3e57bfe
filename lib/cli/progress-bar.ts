/** What a bar shows of a run under way. */
export interface ProgressState {
  readonly elapsedMs: number;
  readonly done: number;
  /** null: bounded by time. */
  readonly total: number | null;
  readonly durationMs: number | null;
  readonly outputTokens: number;
  readonly failed: number;
}

const WIDTH = 24;
/** Without a terminal a line is printed this often, so that a log shows life without being flooded. */
const LOG_EVERY_MS = 10_000;

/** One line: a bar, done/total, requests/s, tokens/s, failures, time left. */
export function formatProgress(state: ProgressState): string {
  const { elapsedMs, done, total, durationMs, outputTokens, failed } = state;
  const share = total !== null ? done / total : durationMs ? elapsedMs / durationMs : 0;
  const bounded = Math.max(0, Math.min(1, share));
  const filled = Math.round(bounded * WIDTH);
  const perSecond = (value: number): string => (elapsedMs > 0 ? ((value / elapsedMs) * 1000).toFixed(1) : '0.0');
  const left =
    bounded > 0 && bounded < 1 ? formatSeconds((elapsedMs * (1 - bounded)) / bounded) : bounded >= 1 ? '0s' : '–';
  return [
    `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}]`,
    total === null ? `${done} requests` : `${done}/${total}`,
    `${perSecond(done)} req/s`,
    `${perSecond(outputTokens)} tok/s`,
    `${failed} failed`,
    `ETA ${left}`,
  ].join('  ');
}

function formatSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

/** Draws progress over one line of a terminal, or now and then as a line of its own elsewhere. */
export function createProgressBar(stream: { write(text: string): unknown; readonly isTTY?: boolean }): {
  update(state: ProgressState): void;
  /** Writes a line of the log, which the bar gives way to. */
  log(text: string): void;
  finish(): void;
} {
  let lastLogged = 0;
  let drawn = false;
  return {
    update(state) {
      if (stream.isTTY) {
        stream.write(`\r${formatProgress(state)}\u001b[K`);
        drawn = true;
      } else if (state.elapsedMs - lastLogged >= LOG_EVERY_MS) {
        lastLogged = state.elapsedMs;
        stream.write(`${formatProgress(state)}\n`);
      }
    },
    log(text) {
      stream.write(drawn ? `\r\u001b[K${text}` : text);
      drawn = false;
    },
    finish() {
      if (drawn) stream.write('\n');
    },
  };
}
