import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../../shared/display-width.ts';
import { fillLines, USUAL_COLUMNS } from '../../shared/wrap-text.ts';
import type { ProcessLike } from '../command.ts';
import type { Output } from './output.ts';

type Stream = Pick<Output['stdout'], 'isTTY' | 'columns'>;

/** How wide a terminal is, 80 columns where it does not say; undefined for files and pipes, which take lines of any length. */
export function columnsOf({ isTTY, columns = 0 }: Stream): number | undefined {
  if (isTTY !== true) return undefined;
  return columns > 0 ? columns : USUAL_COLUMNS;
}

/** A text that a program reads, on a terminal too: JSON, CSV, a script. It is written as bytes, which nothing wraps. */
export function forPrograms(text: string): Uint8Array {
  return Buffer.from(text);
}

/**
 * The same process, whose texts fit its terminal: every command writes through this, so that none has to wrap what it says.
 * Bytes are written as they are, and so is everything that goes to a file or a pipe.
 */
export function fitTerminal(process: ProcessLike): ProcessLike {
  return {
    env: process.env,
    stdout: fitStream(process.stdout),
    stderr: fitStream(process.stderr),
    cwd: () => process.cwd(),
    on: (event, listener) => process.on(event, listener),
    off: (event, listener) => process.off(event, listener),
    exit: (code) => process.exit(code),
  };
}

function fitStream<S extends Output['stdout'] | Output['stderr']>(stream: S): S {
  if (stream.isTTY !== true) return stream;
  const fitted: Output['stdout'] = {
    isTTY: true,
    // A window changes its size.
    get columns() {
      return columnsOf(stream) ?? USUAL_COLUMNS;
    },
    get errored() {
      return (stream as Output['stdout']).errored ?? null;
    },
    write: (content) =>
      stream.write((typeof content === 'string' ? fitText(content, fitted.columns) : content) as string),
  };
  return fitted as S;
}

/** Beginnings of lines that fit by themselves: those of tables, and of a live line, which is drawn over. */
const FITTED = /^(?:[+|]|.*\r)/;
/** What begins a line of a block, `    allowed: `; the text goes on under itself. */
const LABEL = /^ +[a-z]+: +/;
/** A command to copy, which a backslash may continue in the next line; after a label flags are one, too. */
const COMMAND = /^(?:k6(?:-llm-perf)? |npx |curl )/;
const FLAGS = /^--?[A-Za-z]/;

/**
 * A text in which no line is wider than the terminal. A line goes on two columns further in, or under its text where it has a
 * label; a command stays one that can be pasted. A word that is wider than the terminal stays whole: a path, or a URL.
 */
export function fitText(text: string, columns = USUAL_COLUMNS): string {
  return text
    .split('\n')
    .flatMap((line) => (visibleWidth(line) <= columns || FITTED.test(line) ? [line] : fitLine(line, columns)))
    .join('\n');
}

function fitLine(line: string, columns: number): string[] {
  const label = LABEL.exec(line)?.[0];
  const head = label ?? /^ */.exec(line)?.[0] ?? '';
  const body = line.slice(head.length);
  const indent = head.length + (label === undefined ? 2 : 0);
  const isCommand = COMMAND.test(body) || (label !== undefined && FLAGS.test(body));
  const words = isCommand ? body.match(/(?:'[^']*'|"[^"]*"|\S)+/g) : body.split(' ');
  const parts = fillLines(words ?? [body], columns - indent - (isCommand ? 2 : 0), visibleWidth);
  return parts.map((part, index) => {
    const more = isCommand && index < parts.length - 1 ? ' \\' : '';
    return `${index === 0 ? head : ' '.repeat(indent)}${part}${more}`;
  });
}

/** Colours take no room. */
function visibleWidth(text: string): number {
  return displayWidth(stripVTControlCharacters(text));
}
