/** What the beginning of a file says it is, and what to do instead; for files that hold neither samples nor records. */
export interface ForeignFile {
  readonly what: string;
  readonly todo: string;
}

const MAKE_SAMPLES = 'report reads samples: k6 run --out json=samples.json … dist/openqa.js writes them';
const USE_RUN = 'name the samples beside it: samples.json or samples.json.gz';

/** Binary files by their first bytes, as latin1. */
const MAGIC: readonly (readonly [string, string, string])[] = [
  [
    'SQLite format 3\0',
    'a SQLite database',
    'ask it: k6-llm-perf query FILE "select …"; report reads the samples beside it',
  ],
  ['\x89PNG', 'a PNG image', MAKE_SAMPLES],
  ['\xff\xd8\xff', 'a JPEG image', MAKE_SAMPLES],
  ['GIF8', 'a GIF image', MAKE_SAMPLES],
  ['%PDF', 'a PDF', MAKE_SAMPLES],
  ['PK\x03\x04', 'a zip archive', 'unpack it first; report reads plain files and gzip'],
  ['\x28\xb5\x2f\xfd', 'packed by zstd', 'unpack it first: zstd -d FILE; report reads plain files and gzip'],
  ['\xfd7zXZ', 'packed by xz', 'unpack it first: xz -d FILE; report reads plain files and gzip'],
  ['BZh', 'packed by bzip2', 'unpack it first: bzip2 -d FILE; report reads plain files and gzip'],
  ['\x1f\x8b', 'a gzip in a gzip', 'unpack it once: gunzip FILE'],
  ['\x7fELF', 'a program', MAKE_SAMPLES],
  ['\xff\xfe', 'UTF-16 text', 'write it as UTF-8'],
  ['\xfe\xff', 'UTF-16 text', 'write it as UTF-8'],
];

/** Files of JSON by keys that only they have. */
const KEYS: readonly (readonly [readonly string[], string, string])[] = [
  [['summary', 'validity', 'thresholds'], "this tool's summary.json", USE_RUN],
  [['finished_requests', 'thresholds'], "this tool's engine_summary.json", USE_RUN],
  [['points', 'best'], "this tool's sweep.json", 'name the samples of one point: …/parallel_1/samples.json'],
  [['Time taken for tests (s)'], "evalscope's benchmark_summary.json", USE_RUN],
  [['Test Duration (s)'], "evalscope's benchmark summary", USE_RUN],
  [['Percentile', 'TTFT (s)'], "evalscope's benchmark_percentile.json", USE_RUN],
  [
    ['root_group', 'metrics'],
    "k6's summary (--summary-export)",
    'it holds no requests; use k6 run --out json=samples.json',
  ],
  [['metrics', 'state'], "k6's summary (handleSummary)", 'it holds no requests; use k6 run --out json=samples.json'],
  [['parallel', 'url', 'model'], 'the arguments of a run (benchmark_args.json)', USE_RUN],
  [
    ['mean_ttft_ms'],
    "the result of vLLM's or SGLang's benchmark",
    'report reads requests, not the results of other tools',
  ],
  [['benchmarks'], 'the result of guidellm', 'report reads requests, not the results of other tools'],
  [
    ['request_throughput', 'input_config'],
    'the result of AIPerf or GenAI-Perf',
    'report reads requests, not the results of other tools',
  ],
  [['log', 'version'], 'a HAR file', MAKE_SAMPLES],
];

function describeJson(text: string): ForeignFile | null {
  const start = text.trimStart();
  if (!/^[[{]/.test(start)) return null;
  if (/^[[{]\s*[\]}]\s*$/.test(start))
    return { what: `${start.trim().replace(/\s/g, '')}, JSON that holds nothing`, todo: MAKE_SAMPLES };
  const found = KEYS.find(([keys]) =>
    keys.every((key) => start.includes(`${JSON.stringify(key)}:`) || start.includes(`${JSON.stringify(key)} :`)),
  );
  if (found !== undefined) return { what: found[1], todo: found[2] };
  const [first = '', second] = start.split('\n', 2);
  const areLines = isJson(first) && second !== undefined && second.trim() !== '';
  return {
    what: areLines ? 'lines of JSON of another kind' : 'JSON of another kind',
    todo: MAKE_SAMPLES,
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function describeText(text: string): ForeignFile {
  if (text.startsWith('metric_name,timestamp,')) {
    return { what: "k6's CSV output", todo: 'it holds no requests; use k6 run --out json=samples.json' };
  }
  const start = text.trimStart();
  if (/^<(?:!doctype )?html/i.test(start)) return { what: 'an HTML page', todo: USE_RUN };
  if (start.startsWith('<testsuite') || start.startsWith('<?xml')) return { what: 'XML', todo: USE_RUN };
  if (start === '') return { what: 'blank', todo: MAKE_SAMPLES };
  return { what: 'text', todo: MAKE_SAMPLES };
}

/** What no text file holds: control characters but tabs, line ends, form feeds and escapes; bytes that are no UTF-8. */
function isStrange(character: string): boolean {
  const code = character.charCodeAt(0);
  return character === '\ufffd' || (code < 0x20 && !(code >= 0x09 && code <= 0x0d) && code !== 0x1b);
}

/**
 * Tells what a file is that holds no samples.
 *
 * @param head its first bytes, unpacked, at least one
 * @param isWhole whether that is all of it
 */
export function describeForeign(head: Buffer, isWhole: boolean): ForeignFile {
  const bytes = head.toString('latin1');
  const magic = MAGIC.find(([start]) => bytes.startsWith(start));
  if (magic !== undefined) return { what: magic[1], todo: magic[2] };
  // The last character may be cut.
  const text = head
    .subarray(0, isWhole ? head.length : Math.max(1, head.length - 4))
    .toString('utf8')
    .replace(/^\ufeff/, '');
  const strange = [...text].filter(isStrange).length;
  if (strange > text.length / 100) return { what: 'a binary file', todo: MAKE_SAMPLES };
  return describeJson(text) ?? describeText(text);
}
