/** One line of a page of metrics. */
export interface MetricSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** NaN and the infinities as the page has them. */
  readonly value: number;
}

const NAME = /[a-zA-Z_:][\w:]*/y;
const LABEL = /\s*(?:([a-zA-Z_]\w*)|"((?:[^"\\\n]|\\.)*)")\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*,?/y;
/** In braces, a name that may hold any character, as Prometheus 3 writes it. */
const QUOTED_NAME = /\s*"((?:[^"\\\n]|\\.)*)"\s*(?:,|(?=\}))/y;
const VALUE = /\s+([^\s#]+)/y;

/**
 * A line of Prometheus's text format or of OpenMetrics: `name{label="text"} 3 1395066363000 # {trace_id="1"} 0.5`. Time stamps
 * and exemplars are read over.
 *
 * @returns null for comments, blank lines, and what is not in the format
 */
export function parseSample(line: string): MetricSample | null {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  let name = take(NAME)?.[0] ?? '';
  const labels = new Map<string, string>();
  while (line[at] === ' ' || line[at] === '\t') at++;
  if (line[at] === '{') {
    at++;
    if (name === '') name = unescapeText(take(QUOTED_NAME)?.[1] ?? '');
    for (let label = take(LABEL); label !== null; label = take(LABEL)) {
      labels.set(label[1] ?? unescapeText(label[2] ?? ''), unescapeText(label[3] ?? ''));
    }
    while (line[at] === ' ' || line[at] === '\t') at++;
    if (line[at] !== '}') return null;
    at++;
    if (line[at] !== ' ' && line[at] !== '\t') return null;
  } else {
    // The blanks before a value belong to it.
    while (at > 0 && /\s/.test(line[at - 1] as string)) at--;
  }
  const value = parseValue(take(VALUE)?.[1]);
  return name === '' || value === null ? null : { name, labels, value };
}

function parseValue(word: string | undefined): number | null {
  if (word === undefined) return null;
  if (/^nan$/i.test(word)) return Number.NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(word);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : null;
}

function unescapeText(text: string): string {
  return text.replace(/\\(.)/g, (whole, letter: string) =>
    letter === 'n' ? '\n' : letter === '"' || letter === '\\' ? letter : whole,
  );
}

const LINE_NAME = /^(?:\{"([^"]+)"|([^\s{#]+)[\s{])/;

/** The name of a sample in a page of metrics, without the rest; empty for a comment or a blank line. */
export function nameOfLine(line: string): string {
  const [, quoted, plain] = LINE_NAME.exec(line) ?? [];
  return quoted ?? plain ?? '';
}
