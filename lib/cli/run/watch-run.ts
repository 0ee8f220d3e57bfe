import { escapeText } from '../../shared/escape-text.ts';
import type { Milliseconds } from '../../shared/units.ts';
import type { Output } from '../support/output.ts';
import { createMessageFilter } from './filter-messages.ts';
import { followLines, repeat } from './follow-lines.ts';
import { createLiveRun, type LiveRunOptions } from './live-run.ts';
import { createProgressBar } from './progress-bar.ts';
import { createStallWatch, type StallLimits } from './stall-watch.ts';

/** Eyes on a run under way. */
export interface RunWatch {
  /** Shows what the engine writes to its standard error, in pieces. */
  readonly say: (piece: string) => void;
  /** Shows what is left, once the engine is over. */
  readonly end: () => Promise<void>;
}

export interface RunWatchOptions extends LiveRunOptions {
  /** The file that the engine writes the run's lines to, or its samples. */
  readonly file: string;
  readonly stderr: Output['stderr'];
  /** Draws the live line. */
  readonly draws: boolean;
  /** Tells of all failures, and not the first of each kind. */
  readonly everyFailure: boolean;
  /** Shows the line of every n-th request. */
  readonly showsProgress: boolean;
  /** Takes secrets out of what is shown: flags of k6 such as `--http-debug` write the headers of requests. */
  readonly mask: (text: string) => string;
  /** When a run counts as stalled, and who wants to know, once; null where nobody does. */
  readonly stall: { readonly limits: StallLimits; readonly onStall: (silenceMs: Milliseconds) => void } | null;
}

/** A message is on the terminal within a second, and a live line moves. */
const POLL_MS = 200;
/** A line of names stays one. */
const MOST_NAMED = 8;

/**
 * Follows the lines that a run writes: those of requests move the live line, all others are messages and are shown, as what
 * the engine says itself is.
 */
export function watchRun(options: RunWatchOptions): RunWatch {
  const { file, stderr, draws, everyFailure, showsProgress, mask, stall, readTimeoutMs } = options;
  const bar = createProgressBar(stderr);
  const live = createLiveRun(options);
  const isShown = createMessageFilter(everyFailure, showsProgress);
  const findSilence = createStallWatch(stall?.limits ?? NEVER);
  let hasStalled = false;
  let named = new Set<number>();
  let rest = '';

  const log = (line: string): void => bar.log(`${line}\n`);
  const show = (line: string): void => {
    if (isShown(line)) log(escapeText(mask(line).replace(/\t/g, '    ')));
  };
  const lines = followLines(file, (line) => {
    if (!live.take(line)) show(line.toString('utf8'));
  });
  const nameOverdue = (overdue: readonly number[]): void => {
    const news = overdue.filter((vu) => !named.has(vu));
    named = new Set(overdue);
    if (draws && news.length > 0) log(describeOverdue(news, readTimeoutMs));
  };
  const look = async (): Promise<void> => {
    await lines.read();
    const state = live.state();
    nameOverdue(state.overdue);
    if (draws && live.hasBegun) bar.update(state);
    const silence = findSilence(live.ended);
    if (silence === null || hasStalled) return;
    hasStalled = true;
    stall?.onStall(silence);
  };
  const stop = repeat(look, POLL_MS);
  return {
    say: (piece) => {
      const said = (rest + piece).split('\n');
      rest = said.pop() ?? '';
      for (const line of said) show(line);
    },
    async end() {
      await stop();
      await lines.end();
      if (rest !== '') show(rest);
      if (draws && live.hasBegun) bar.update(live.state());
      bar.finish();
    },
  };
}

const NEVER: StallLimits = { firstMs: Number.POSITIVE_INFINITY, nextMs: Number.POSITIVE_INFINITY };

/** `under way for over 60 s (--read-timeout): the requests of VU 3, 7` */
function describeOverdue(vus: readonly number[], limitMs: Milliseconds): string {
  const names = vus.slice(0, MOST_NAMED).join(', ');
  const more = vus.length > MOST_NAMED ? ` and ${vus.length - MOST_NAMED} more` : '';
  return `under way for over ${limitMs / 1000} s (--read-timeout): the request${vus.length === 1 ? '' : 's'} of VU ${names}${more}`;
}
