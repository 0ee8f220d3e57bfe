import { ownValue } from '../../shared/own-value.ts';

/** Takes a log in pieces, and gives it on line by line. */
export interface LogFilter {
  write(piece: string): void;
  /** Gives on what has no line feed. */
  end(): void;
}

export interface LogFilterOptions {
  readonly write: (text: string) => unknown;
  /** k6 writes to a terminal: its lines look as they do there, and its progress bar is drawn again below them. */
  readonly terminal: boolean;
  /** All failures are wanted, and not the first of each kind. */
  readonly everyFailure?: boolean;
  readonly now?: () => number;
}

/** What `failure-teller.ts` writes, in each format of k6's log. */
const FAILURE = /(?:^|msg="|"msg":")(?:warm-up )?request \d+ failed: ([a-z-]+): /;

/** Any other warning or error of the script, without the request that it was met in. */
const MESSAGE = /level"?[=:]"?(?:warning|error)\b.*?msg"?[=:]("(?:[^"\\]|\\.)*").*source"?[=:]"?console/;
const OF_REQUEST = /^"(?:warm-up )?request \d+: /;

/** What k6 says several times a second when the disk is full. */
const LOST_SAMPLES = /msg="Sample\(s\) couldn't be marshalled to JSON" error="([^"]*)"/;

/** What k6 says of each VU that is stopped while a timer of ours runs. */
const STOPPED_TIMER = /setTimeout \d+ was stopped because the VU iteration was interrupted/;

/**
 * Lets the first failure of each kind through, each note of the script once, and everything else: each of k6's VUs reports
 * what it meets first, since it cannot know of the others.
 */
export function createLogFilter(options: LogFilterOptions): LogFilter {
  const { write, terminal, everyFailure = false, now = Date.now } = options;
  const told = new Set<string>();
  const startedAt = now();
  let rest = '';
  const pass = (line: string): void => {
    const kind = everyFailure
      ? undefined
      : (FAILURE.exec(line)?.[1] ?? findMessage(line) ?? LOST_SAMPLES.exec(line)?.[1]);
    if ((kind !== undefined && told.has(kind)) || STOPPED_TIMER.test(line)) return;
    if (kind !== undefined) told.add(kind);
    // k6 leaves the cursor where its bar begins, and draws it anew ten times a second: what stands there is cleared.
    write(terminal ? `${dress(line, Math.floor((now() - startedAt) / 1000))}\u001b[0K\n` : `${line}\n`);
  };
  return {
    write(piece) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) pass(line);
    },
    end() {
      if (rest !== '') pass(rest);
      rest = '';
    },
  };
}

function findMessage(line: string): string | undefined {
  return MESSAGE.exec(line)?.[1]?.replace(OF_REQUEST, '');
}

/** `time="…" level=warning msg="…" source=console`, k6's log where it is not on a terminal. */
const PLAIN = /^time="[^"]*" level=(\w+) msg=("(?:[^"\\]|\\.)*"|\S*)(.*)$/;
const COLORS: Readonly<Record<string, number>> = { warning: 33, error: 31, fatal: 31, panic: 31, debug: 37, trace: 37 };
const OTHER_COLOR = 36;

/** As k6's log looks on a terminal: `WARN[0003] …`, with colour. */
function dress(line: string, seconds: number): string {
  const [, level, message, fields] = PLAIN.exec(line) ?? [];
  if (level === undefined || message === undefined) return line;
  const color = ownValue(COLORS, level) ?? OTHER_COLOR;
  const head = `\u001b[${color}m${level.slice(0, 4).toUpperCase()}\u001b[0m[${String(seconds).padStart(4, '0')}]`;
  const rest = (fields ?? '').replace(/ (\w+)=/g, ` \u001b[${color}m$1\u001b[0m=`);
  return `${head} ${unquote(message).padEnd(44)}${rest}`;
}

/** Of what Go quotes in ways that JSON does not have (`\x1b`), the quoted form stays: it steers no terminal. */
function unquote(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
