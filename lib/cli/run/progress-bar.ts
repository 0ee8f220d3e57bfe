import { formatCount } from '../../shared/format-count.ts';
import type { Output } from '../support/output.ts';

/** What a bar shows of a run under way. */
export interface ProgressState {
  /** Since the first request began. */
  readonly elapsedMs: number;
  /** Of that, up to the last request that ended, with which all of `done` ended; with what a service hangs after it. */
  readonly countedMs: number;
  /** Of `countedMs`, what came after the warm-up: the time that rates are over. */
  readonly measuredMs: number;
  readonly done: number;
  /** null: bounded by time. */
  readonly total: number | null;
  readonly durationMs: number | null;
  readonly outputTokens: number;
  /** Texts that were embedded or ranked; null where answers are text. */
  readonly inputs: number | null;
  readonly failed: number;
  /** Percentiles of the TTFT so far; null before the first one. */
  readonly ttftMs: { readonly p50: number; readonly p99: number } | null;
  /** Requests that warm the service up, and how many of them are done; they are not among `done` and `total`. */
  readonly warmup: { readonly done: number; readonly total: number };
  /** VUs whose request has been under way for longer than READ_TIMEOUT, in any order. */
  readonly overdue: readonly number[];
}

const WIDTH = 24;
const NARROWEST = 6;
/** Without a terminal a line is printed this often, so that a log shows life without being flooded. */
const LOG_EVERY_MS = 10_000;
/** No line of a log wraps where somebody reads it on a terminal of the usual width. */
const LOG_COLUMNS = 80;

/**
 * One line: a bar, done/total, requests/s, tokens/s, TTFT, failures, overdue requests, time left, and how far the warm-up is while it lasts.
 *
 * @param columns a terminal's width, which the line stays below: one that wraps cannot be drawn over. The bar gives way first.
 */
export function formatProgress(state: ProgressState, columns = Number.POSITIVE_INFINITY): string {
  const { elapsedMs, countedMs, measuredMs, done, total, durationMs, outputTokens, inputs } = state;
  const { failed, ttftMs, warmup, overdue } = state;
  const share =
    total !== null ? (done + warmup.done) / (total + warmup.total) : durationMs ? elapsedMs / durationMs : 0;
  const bounded = Math.max(0, Math.min(1, share));
  const perSecond = (value: number): string => (measuredMs > 0 ? ((value / measuredMs) * 1000).toFixed(1) : '0.0');
  const taken = total === null ? elapsedMs : countedMs;
  const left =
    bounded > 0 && bounded < 1 ? formatSeconds((taken * (1 - bounded)) / bounded) : bounded >= 1 ? '0s' : '–';
  const text = [
    ...(warmup.done < warmup.total ? [`warm-up ${warmup.done}/${warmup.total}`] : []),
    total === null ? formatCount(done, 'request') : `${done}/${total}`,
    `${perSecond(done)} req/s`,
    inputs === null ? `${perSecond(outputTokens)} tok/s` : `${perSecond(inputs)} inputs/s`,
    ...(ttftMs === null ? [] : [`TTFT p50 ${formatMs(ttftMs.p50)} p99 ${formatMs(ttftMs.p99)}`]),
    `${failed} failed`,
    ...(overdue.length === 0 ? [] : [`${overdue.length} overdue`]),
    `ETA ${left}`,
  ].join('  ');
  const width = Math.min(WIDTH, columns - text.length - 5);
  if (width < NARROWEST) return text.slice(0, Math.max(0, columns - 1));
  const filled = Math.round(bounded * width);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]  ${text}`;
}

/** Three digits are what a glance takes in. */
function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function formatSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

/** Draws progress over one line of a terminal, or now and then as a line of its own elsewhere. */
export function createProgressBar(
  stream: Output['stderr'],
  now: () => number = () => performance.now(),
): {
  update(state: ProgressState): void;
  /** Writes a line of the log, which the bar gives way to. */
  log(text: string): void;
  finish(): void;
} {
  let lastLogged = now();
  let drawn = false;
  return {
    update(state) {
      if (stream.isTTY) {
        stream.write(`\r${formatProgress(state, stream.columns || undefined)}\u001b[K`);
        drawn = true;
      } else if (now() - lastLogged >= LOG_EVERY_MS) {
        lastLogged = now();
        stream.write(`${formatProgress(state, LOG_COLUMNS)}\n`);
      }
    },
    log(text) {
      if (drawn) stream.write('\r\u001b[K');
      stream.write(text);
      drawn = false;
    },
    finish() {
      if (drawn) stream.write('\n');
    },
  };
}
