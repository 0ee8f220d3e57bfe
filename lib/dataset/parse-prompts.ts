import type { Problem } from '../shared/errors.ts';
import { isObject, parseJson } from '../shared/json.ts';
import { describeShape, isHarmless } from '../shared/show-word.ts';
import type { Dataset, PromptFormat, PromptSource } from './dataset.ts';
import type { ParsedPrompt } from './prompt-fields.ts';

export interface ParsedPrompts {
  /** In the order of the file; those that were refused are left out. */
  readonly prompts: readonly ParsedPrompt[];
  readonly problems: readonly Problem[];
  /** What was left out on purpose, for the results. */
  readonly notes?: readonly string[] | undefined;
}

/** More malformed lines than this are counted, not shown. */
const SHOWN_PROBLEMS = 20;

/**
 * Reads a file in the format of its dataset; blank lines, a byte order mark and CRLF line ends are skipped.
 *
 * @param path for messages, and for the dataset to tell the format
 */
export function parsePrompts(dataset: Dataset, path: string, text: string): ParsedPrompts {
  const format = dataset.formatOf(path);
  const sources = format.read(text.replace(/^\uFEFF/, ''));
  const prompts = sources.flatMap(({ result }) => (typeof result === 'string' ? [] : [result]));
  const refused = sources.filter(({ result }) => typeof result === 'string');
  const problems = refused.slice(0, SHOWN_PROBLEMS).map((source) => describeRefusal(source, format, path));
  if (refused.length > SHOWN_PROBLEMS) {
    problems.push({
      key: path,
      got: `and ${refused.length - SHOWN_PROBLEMS} more of this kind`,
      allowed: format.allowed,
      paste: formatRightLine('', format),
    });
  }
  return { prompts, problems, notes: format.listNotes?.() };
}

function describeRefusal({ place, shown, result }: PromptSource, format: PromptFormat, path: string): Problem {
  const excerpt = shown.length > 60 ? `${shown.slice(0, 60)}...` : shown;
  return {
    key: `${path}${place}`,
    got: `${result} (${isHarmless(shown) ? excerpt : describeShape(shown)})`,
    allowed: format.allowed,
    paste: formatRightLine(shown, format),
  };
}

/** A line that would be accepted, made from the refused one where its text can be found. */
function formatRightLine(shown: string, format: PromptFormat): string {
  const found = findText(shown);
  return format.formatLine(found !== null && isHarmless(found) ? found : 'What is a load test?');
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
