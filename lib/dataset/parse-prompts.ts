import type { Workload } from '../config/run-config.ts';
import type { Problem } from '../shared/errors.ts';
import { isObject, parseJson } from '../shared/json.ts';
import { describeShape, isHarmless } from '../shared/show-word.ts';
import {
  type ParsedPrompt,
  type PromptResult,
  readCustomFields,
  readFreeLine,
  readTextField,
} from './prompt-fields.ts';

/** One place of a dataset and what was read there. */
export interface PromptSource {
  /** Appended to the path: `:17` for a line, `[16]` for an element. */
  readonly place: string;
  readonly shown: string;
  readonly result: PromptResult;
}

export interface ParsedPrompts {
  /** In the order of the file; those that were refused are left out. */
  readonly prompts: readonly ParsedPrompt[];
  readonly problems: readonly Problem[];
}

/** Reads the rows of a CSV file; `readCsvPrompts`, injected where CSV is wanted. */
export type CsvReader = (text: string) => PromptSource[];

/** More malformed lines than this are counted, not shown. */
const SHOWN_PROBLEMS = 20;

const FORMATS: Readonly<Record<Workload, { readonly allowed: string; readonly key: string }>> = {
  openqa: { allowed: 'one JSON object a line, with a text under "question"', key: 'question' },
  longalpaca: {
    allowed: 'JSON objects with a text under "instruction", a line each or in an array',
    key: 'instruction',
  },
  'line-by-line': { allowed: 'a line of text, a JSON string, or a JSON array of messages', key: 'prompt' },
  custom: { allowed: 'one JSON object a line, with "messages" or "prompt"', key: 'prompt' },
};

const CSV_ALLOWED = 'rows with a text under "prompt"; quotes around a cell that holds a comma, a quote or a line end';

/**
 * Reads a dataset in the format of its workload; blank lines, a byte order mark and CRLF line ends are skipped.
 *
 * @param path    for messages, and to tell CSV (a custom file that ends in `.csv`)
 * @param readCsv needed for CSV files only
 * @throws {TypeError} for a CSV file without `readCsv`, a mistake in the calling code
 */
export function parsePrompts(workload: Workload, path: string, text: string, readCsv?: CsvReader): ParsedPrompts {
  const clean = text.replace(/^\uFEFF/, '');
  const isCsv = isCsvFile(workload, path);
  if (isCsv && readCsv === undefined) throw new TypeError('this entry reads no CSV files');
  const sources = isCsv && readCsv !== undefined ? readCsv(clean) : readSources(workload, clean);
  const prompts = sources.flatMap(({ result }) => (typeof result === 'string' ? [] : [result]));
  const refused = sources.filter(({ result }) => typeof result === 'string');
  const problems = refused.slice(0, SHOWN_PROBLEMS).map((source) => describeRefusal(source, workload, path, isCsv));
  if (refused.length > SHOWN_PROBLEMS) {
    problems.push({
      key: path,
      got: `and ${refused.length - SHOWN_PROBLEMS} more of this kind`,
      allowed: isCsv ? CSV_ALLOWED : FORMATS[workload].allowed,
      paste: formatRightLine(workload, '', isCsv),
    });
  }
  return { prompts, problems };
}

/** Whether the workload reads this file as CSV: custom does, by the ending of the name. */
export function isCsvFile(workload: Workload, path: string): boolean {
  return workload === 'custom' && path.toLowerCase().endsWith('.csv');
}

function readSources(workload: Workload, text: string): PromptSource[] {
  if (workload !== 'line-by-line' && /^\s*\[/.test(text)) return readArray(workload, text);
  const sources: PromptSource[] = [];
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.trim();
    if (line === '') continue;
    sources.push({ place: `:${index + 1}`, shown: line, result: readLine(workload, line) });
  }
  return sources;
}

function readArray(workload: Workload, text: string): PromptSource[] {
  const elements = parseJson(text);
  if (!Array.isArray(elements))
    return [{ place: '', shown: text.trim(), result: 'a [ that does not begin a JSON array' }];
  return elements.map((element, index) => ({
    place: `[${index}]`,
    shown: JSON.stringify(element),
    result: readValue(workload, element),
  }));
}

function readLine(workload: Workload, line: string): PromptResult {
  if (workload === 'line-by-line') return readFreeLine(line);
  const value = parseJson(line);
  return value === undefined ? 'a line that is not JSON' : readValue(workload, value);
}

function readValue(workload: Workload, value: unknown): PromptResult {
  if (workload === 'openqa') return readTextField(value, 'question');
  return workload === 'longalpaca' ? readTextField(value, 'instruction') : readCustomFields(value);
}

function describeRefusal(
  { place, shown, result }: PromptSource,
  workload: Workload,
  path: string,
  isCsv: boolean,
): Problem {
  const excerpt = shown.length > 60 ? `${shown.slice(0, 60)}...` : shown;
  return {
    key: `${path}${place}`,
    got: `${result} (${isHarmless(shown) ? excerpt : describeShape(shown)})`,
    allowed: isCsv ? CSV_ALLOWED : FORMATS[workload].allowed,
    paste: formatRightLine(workload, shown, isCsv),
  };
}

/** A line that would be accepted, made from the refused one where its text can be found. */
function formatRightLine(workload: Workload, shown: string, isCsv: boolean): string {
  if (isCsv) return 'a first line "prompt", then "What is a load test?"';
  const found = findText(shown);
  const text = found !== null && isHarmless(found) ? found : 'What is a load test?';
  return workload === 'line-by-line' ? text : JSON.stringify({ [FORMATS[workload].key]: text });
}

function findText(shown: string): string | null {
  const value = parseJson(shown);
  if (isObject(value)) {
    const texts = ['question', 'instruction', 'prompt', 'text', 'input'].map((key) => value[key]);
    const found = texts.find((text) => typeof text === 'string' && text.trim() !== '' && text.length <= 200);
    return typeof found === 'string' ? found : null;
  }
  if (typeof value === 'string' && value.trim() !== '') return value;
  return value === undefined && shown !== '' && shown.length <= 200 && !/^[{["]/.test(shown) ? shown : null;
}
