import { ConfigError, type Problem } from '../../shared/errors.ts';
import { formatCount } from '../../shared/format-count.ts';
import type { JsonObject } from '../../shared/json.ts';
import { showPath } from '../../shared/show-word.ts';
import { buildConversation, type TraceLine } from '../../traces/build-conversations.ts';
import { FORMAT_NAMES } from '../../traces/formats.ts';
import { readTraceRows } from '../../traces/node-read-rows.ts';
import type { TraceFormat, TraceRow } from '../../traces/trace-row.ts';
import { CommandError, type Output } from '../support/output.ts';

/** More problems than this are counted, not shown. */
const SHOWN_PROBLEMS = 20;

/** Takes what a trace becomes, line by line. */
export interface TraceWriter {
  readonly lines: number;
  add(line: TraceLine): void;
}

interface Conversion {
  readonly formats: readonly TraceFormat[];
  readonly named: string | null;
  readonly writer: TraceWriter;
  readonly stderr: Output['stderr'];
}

/**
 * Makes conversations of the rows of a trace. Rows without a session are written as they come; those of sessions once the file is through.
 *
 * @returns the format
 * @throws {ConfigError} with what is wrong with its rows
 */
export async function convertTrace(path: string, { formats, named, writer, stderr }: Conversion): Promise<string> {
  let format: TraceFormat | null = named === null ? null : (formats.find(({ name }) => name === named) ?? null);
  let origin: number | null = null;
  const sessions = new Map<string, TraceRow[]>();
  const problems = createProblemList(path);
  await readTraceRows(
    path,
    (row, place) => {
      format ??= formats.find((candidate) => candidate.fits(row)) ?? null;
      if (format === null) throw unknownFormat(path, row);
      const read = format.read(row);
      if (typeof read === 'string') problems.add(place, read);
      else if (!problems.any) {
        for (const one of read) {
          origin ??= one.at_ms;
          if (one.session === null) writer.add(buildConversation(null, [one], origin ?? 0));
          else addTo(sessions, one.session, one);
        }
      }
    },
    {
      onProblem: problems.add,
      onProgress: (share, rows) => stderr.write(`${Math.floor(share * 100)} % read, ${formatCount(rows, 'row')}\n`),
    },
  );
  problems.throwAny(format);
  for (const [session, rows] of sessions) writer.add(buildConversation(session, rows, origin ?? 0));
  if (writer.lines === 0)
    throw new CommandError(`no request in ${showPath(path)}\n  try: k6-llm-perf prepare trace day.jsonl`);
  return format === null ? 'empty' : (format as TraceFormat).name;
}

function addTo(sessions: Map<string, TraceRow[]>, session: string, row: TraceRow): void {
  const known = sessions.get(session);
  if (known === undefined) sessions.set(session, [row]);
  else known.push(row);
}

function createProblemList(path: string) {
  const shown: Problem[] = [];
  let count = 0;
  return {
    get any(): boolean {
      return count > 0;
    },
    add(place: string, got: string): void {
      count += 1;
      if (shown.length < SHOWN_PROBLEMS) shown.push({ key: `${path}${place}`, got, allowed: '', paste: '' });
    },
    throwAny(format: TraceFormat | null): void {
      if (count === 0) return;
      const allowed = format === null ? 'a row of a trace' : `a row of ${format.name}: ${format.written}`;
      const paste = format === null ? 'k6-llm-perf prepare trace --help' : `--format ${format.name}`;
      const all = shown.map(({ key, got }) => ({ key, got, allowed, paste }));
      if (count > shown.length)
        all.push({ key: path, got: `and ${count - shown.length} more of this kind`, allowed, paste });
      throw new ConfigError(all);
    },
  };
}

function unknownFormat(path: string, row: JsonObject): ConfigError {
  const keys = Object.keys(row).slice(0, 8).join(', ');
  return new ConfigError([
    {
      key: path,
      got: `a first row with ${keys === '' ? 'nothing' : keys}`,
      allowed: `one of the formats ${FORMAT_NAMES.join(', ')}`,
      paste: '--map at=timestamp,messages=messages',
    },
  ]);
}
