import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { FlagRow } from '../../config/parameter.ts';
import { choice, onOff, text } from '../../config/scalar-types.ts';
import { accept, refuse, type ValueType } from '../../config/value-type.ts';
import { formatCount } from '../../shared/format-count.ts';
import { codeOf } from '../../shared/node-files.ts';
import { showPath } from '../../shared/show-word.ts';
import { loadTokenizer } from '../../tokens/node-tokenizer.ts';
import { createAnonymiser, type TraceLine } from '../../traces/build-conversations.ts';
import { type FieldMap, isMappedField, MAPPED_FIELDS } from '../../traces/formats/mapped.ts';
import { FORMAT_NAMES, listFormats } from '../../traces/formats.ts';
import type { ProcessLike } from '../command.ts';
import { CommandError } from '../support/output.ts';
import { writePrepared } from '../support/write-prepared.ts';
import { convertTrace, type TraceWriter } from '../workload/convert-trace.ts';

/** `at=ts,messages=request.messages`. */
const fieldMap: ValueType<FieldMap> = {
  ...text('pairs such as at=ts,output_tokens=usage.completion_tokens'),
  parse(given) {
    const pairs = given.split(',').map((pair) => pair.trim().split('='));
    const wrong = pairs.find(
      ([field = '', path = '', ...more]) => !isMappedField(field) || path === '' || more.length > 0,
    );
    if (wrong === undefined) return accept(Object.fromEntries(pairs) as FieldMap);
    return refuse(`"${wrong.join('=')}": the fields are ${Object.keys(MAPPED_FIELDS).join(', ')}`);
  },
};

/** What `prepare trace` knows beside `tokenizer`. */
export const TRACE_FLAGS = {
  format: {
    type: choice(FORMAT_NAMES),
    example: ['mooncake'],
    help: `How the trace is written, recognised by its first row when left out: ${FORMAT_NAMES.join(', ')}.`,
  },
  map: {
    type: fieldMap,
    example: ['at=ts,messages=request.messages'],
    help: `Where a log has its fields: ${Object.keys(MAPPED_FIELDS).join(', ')}.`,
  },
  anonymise: {
    aliases: ['anonymize'],
    type: onOff,
    default: false,
    help: 'Writes no text: a run makes texts of as many tokens, equal ones for equal ones. Ids, headers and other fields of bodies are left out.',
  },
} as const satisfies Readonly<Record<string, FlagRow>>;

interface TraceOptions {
  readonly format: string | null;
  readonly map: FieldMap | null;
  readonly anonymise: boolean;
  readonly tokenizer: string;
}

/** `prepare trace FILE`. */
export async function prepareTrace(
  path: string,
  { format: named, map, anonymise, tokenizer: name }: TraceOptions,
  process: ProcessLike,
): Promise<number> {
  if (!existsSync(path)) throw cannotRead(path, 'ENOENT');
  const target = `${basename(path).replace(/(\.(jsonl?|ndjson|csv|txt|gz))+$/i, '')}.trace.jsonl`;
  const formats = listFormats(map ?? {});
  const told = { formats, named: map === null ? named : 'log', stderr: process.stderr };
  const said = await writePrepared('trace', [target], async (draft) => {
    const tokenizer = anonymise ? await loadTokenizer(name) : null;
    const digest = (said: string): string => createHash('sha1').update(said).digest('base64');
    const hide = tokenizer === null ? null : createAnonymiser((said) => tokenizer.count(said), digest);
    const writer = createWriter(draft, hide);
    try {
      const format = await convertTrace(path, { ...told, writer });
      const { lines, requests, hasTimes } = writer.close();
      const dataset = hasTimes ? 'trace' : 'multi-turn';
      const counts = `${formatCount(lines, 'conversation')}, ${formatCount(requests, 'request')} (${format})`;
      return {
        target,
        said: `${counts}, written to ${target}\n  use: --dataset ${dataset} --dataset-path ${target}\n`,
      };
    } catch (error) {
      const code = codeOf(error);
      if (code?.startsWith('Z_') || code === 'EISDIR' || code === 'EACCES') throw cannotRead(path, code);
      throw error;
    } finally {
      writer.close();
    }
  });
  process.stdout.write(said);
  return 0;
}

function cannotRead(path: string, code: string): CommandError {
  return new CommandError(
    `the trace cannot be read: ${showPath(path)} (${code})\n  try: k6-llm-perf prepare trace day.jsonl`,
  );
}

interface FileWriter extends TraceWriter {
  /** May be called twice. */
  close(): { readonly lines: number; readonly requests: number; readonly hasTimes: boolean };
}

function createWriter(path: string, hide: ((line: TraceLine, place: number) => TraceLine) | null): FileWriter {
  const file = openSync(path, 'wx');
  let [lines, requests, isOpen, hasTimes] = [0, 0, true, false];
  let held = '';
  const flush = (): void => {
    writeFileSync(file, held);
    held = '';
  };
  return {
    get lines() {
      return lines;
    },
    add(line) {
      held += `${JSON.stringify(hide === null ? line : hide(line, lines))}\n`;
      lines += 1;
      requests += line.turns.length;
      hasTimes ||= line.start_ms !== undefined;
      if (held.length > 1 << 20) flush();
    },
    close() {
      if (isOpen) {
        flush();
        closeSync(file);
      }
      isOpen = false;
      return { lines, requests, hasTimes };
    },
  };
}
