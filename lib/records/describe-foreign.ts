import { parseJson } from '../shared/json.ts';
import { kindOfAnyFile } from '../shared/node-file-kinds.ts';

/** What the beginning of a file says it is, and what to do instead; for files that hold neither records nor samples. */
export interface ForeignFile {
  readonly what: string;
  readonly todo: string;
}

const MAKE_RECORDS =
  'report reads records: k6 run --console-output records.jsonl --log-format raw … dist/openqa.js writes them';
const USE_RUN = 'name the records beside it: records.jsonl';

const NO_REQUESTS = 'it holds no requests; use k6 run --console-output records.jsonl --log-format raw';
const OTHER_TOOL = 'report reads requests, not the results of other tools';

/** What to do with files that are not text, by words of what they are. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/SQLite/, 'ask it: k6-llm-perf query FILE "select …"; report reads the records beside it'],
  [/zip archive/, 'unpack it first; report reads plain files and gzip'],
  [/zstd/, 'unpack it first: zstd -d FILE; report reads plain files and gzip'],
  [/xz file/, 'unpack it first: xz -d FILE; report reads plain files and gzip'],
  [/bzip2/, 'unpack it first: bzip2 -d FILE; report reads plain files and gzip'],
  [/gzip/, 'unpack it once: gunzip FILE'],
  [/UTF-/, 'write it as UTF-8'],
];

/** Files of JSON by keys that only they have. */
const KEYS: readonly (readonly [readonly string[], string, string])[] = [
  [['summary', 'validity', 'thresholds'], "this tool's summary.json", USE_RUN],
  [['finished_requests', 'thresholds'], "this tool's engine_summary.json", USE_RUN],
  [['points', 'best'], "this tool's sweep.json", 'name the records of one point: …/parallel_1/records.jsonl'],
  [['Time taken for tests (s)'], "evalscope's benchmark_summary.json", USE_RUN],
  [['Test Duration (s)'], "evalscope's benchmark summary", USE_RUN],
  [['Percentile', 'TTFT (s)'], "evalscope's benchmark_percentile.json", USE_RUN],
  [['root_group', 'metrics'], "k6's summary (--summary-export)", NO_REQUESTS],
  [['metrics', 'state'], "k6's summary (handleSummary)", NO_REQUESTS],
  [['parallel', 'url', 'model'], 'the arguments of a run (benchmark_args.json)', USE_RUN],
  [['mean_ttft_ms'], "the result of vLLM's or SGLang's benchmark", OTHER_TOOL],
  [['benchmarks'], 'the result of guidellm', OTHER_TOOL],
  [['request_throughput', 'input_config'], 'the result of AIPerf or GenAI-Perf', OTHER_TOOL],
  [['log', 'version'], 'a HAR file', MAKE_RECORDS],
];

function describeJson(text: string): ForeignFile | null {
  const start = text.trimStart();
  if (!/^[[{]/.test(start)) return null;
  if (/^[[{]\s*[\]}]\s*$/.test(start))
    return { what: `${start.trim().replace(/\s/g, '')}, JSON that holds nothing`, todo: MAKE_RECORDS };
  const found = KEYS.find(([keys]) =>
    keys.every((key) => start.includes(`${JSON.stringify(key)}:`) || start.includes(`${JSON.stringify(key)} :`)),
  );
  if (found !== undefined) return { what: found[1], todo: found[2] };
  const [first = '', second = ''] = start.split('\n', 2);
  const areLines = parseJson(first) !== undefined && second.trim() !== '';
  return { what: areLines ? 'lines of JSON of another kind' : 'JSON of another kind', todo: MAKE_RECORDS };
}

function describeText(text: string): ForeignFile {
  if (text.startsWith('metric_name,timestamp,')) {
    return { what: "k6's CSV output", todo: NO_REQUESTS };
  }
  const start = text.trimStart();
  if (/^<(?:!doctype )?html/i.test(start)) return { what: 'an HTML page', todo: USE_RUN };
  if (start.startsWith('<testsuite') || start.startsWith('<?xml')) return { what: 'XML', todo: USE_RUN };
  if (start === '') return { what: 'blank', todo: MAKE_RECORDS };
  return { what: 'text', todo: MAKE_RECORDS };
}

function kindOf(start: string): string | null {
  if (start.startsWith('\x1f\x8b')) return 'a gzip in a gzip';
  return /^(?:\xff\xfe|\xfe\xff)/.test(start) ? 'UTF-16 text' : kindOfAnyFile(start);
}

/** What text files do not hold: control characters but tabs, line ends, form feeds and escapes; bytes that are not UTF-8. */
function isStrange(character: string): boolean {
  const code = character.charCodeAt(0);
  return character === '\ufffd' || (code < 0x20 && !(code >= 0x09 && code <= 0x0d) && code !== 0x1b);
}

/**
 * Tells what a file is that holds no records.
 *
 * @param head its first bytes, unpacked, at least one
 * @param isWhole whether that is all of it
 */
export function describeForeign(head: Buffer, isWhole: boolean): ForeignFile {
  const kind = kindOf(head.toString('latin1', 0, 300));
  if (kind !== null) return { what: kind, todo: ADVICE.find(([words]) => words.test(kind))?.[1] ?? MAKE_RECORDS };
  // The last character may be cut.
  const text = head
    .subarray(0, isWhole ? head.length : Math.max(1, head.length - 4))
    .toString('utf8')
    .replace(/^\ufeff/, '');
  const strange = [...text].filter(isStrange).length;
  if (strange > text.length / 100) return { what: 'a binary file', todo: MAKE_RECORDS };
  return describeJson(text) ?? describeText(text);
}
