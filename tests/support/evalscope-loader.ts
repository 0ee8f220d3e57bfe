import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';

/*
 * What evalscope's own report and dashboard do when they load results, rule by rule: `RunLoader` of
 * `perf/utils/report/perf_data.py`, the models of `perf/utils/perf_models.py`, and `service/perf_archive.py`, as of version
 * 1.14. Written apart from what writes the files, so that a shared mistake does not pass.
 */

/** RunLoader's two patterns, and those of the archive, which knows no negative rate. */
const PARALLEL = /^parallel_(\d+)_number_(\d+)$/;
const LOADER_RATE = /^rate_(-?[\d.]+)_number_(\d+)$/;
const ARCHIVE_RATE = /^rate_([\d.]+)_number_(\d+)$/;
const MAX_SCAN_DEPTH = 3;

/** pydantic fields without Optional: null or a text that is not a number fails the whole load; a missing key is 0. */
const REQUIRED_NUMBERS = [
  'Test Duration (s)',
  'Concurrency',
  'Request Rate (req/s)',
  'Total Requests',
  'Success Requests',
  'Failed Requests',
  'Stream Requests',
  'Non-Stream Requests',
  'Req Throughput (req/s)',
  'Avg Latency (s)',
  'Avg Input Tokens',
  'Output Throughput (tok/s)',
  'Total Throughput (tok/s)',
  'Avg TTFT (ms)',
  'Avg TPOT (ms)',
  'Avg ITL (ms)',
  'Avg Output Tokens',
  'Input Throughput (tok/s)',
] as const;
const OPTIONAL_NUMBERS = [
  'Avg Turns/Request',
  'KV Cache Hit Rate (%)',
  'Avg First-Turn TTFT (ms)',
  'Avg Subsequent-Turn TTFT (ms)',
  'Avg Decoded Tok/Iter',
  'Spec. Accept Rate',
] as const;
const PERCENTILE_NUMBERS = [
  'Latency (s)',
  'TTFT (ms)',
  'ITL (ms)',
  'TPOT (ms)',
  'Input tokens',
  'Output tokens',
  'Output (tok/s)',
  'Input (tok/s)',
  'Total (tok/s)',
  'Decode (tok/s)',
] as const;

type Json = Record<string, unknown>;
type SummaryKey = (typeof REQUIRED_NUMBERS)[number] | (typeof OPTIONAL_NUMBERS)[number];

/** A row of the database, in milliseconds but for `latency` and the two times, as the loader leaves them. */
interface LoadedRequest {
  readonly latency: number;
  readonly first_chunk_latency: number | null;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly inter_token_latencies: readonly number[];
  readonly time_per_output_token: number | null;
  readonly success: boolean;
}

export interface LoadedRun {
  readonly folder: string;
  readonly parallel: number;
  /** null where the folder is named after a concurrency. */
  readonly rate: number | null;
  readonly number: number;
  readonly summary: Readonly<Record<SummaryKey, number>>;
  /** Keys of the summary that the loader knows nothing of; it ignores them. */
  readonly unknownKeys: readonly string[];
  /** As `get_p`: 0 where the label or the value is not there. */
  percentile(label: string, column: (typeof PERCENTILE_NUMBERS)[number]): number;
  readonly labels: readonly string[];
  readonly args: Json;
  readonly requests: readonly LoadedRequest[];
  /** `is_stream` of completed requests, which the sample counts need. */
  readonly streamRequests: number;
}

/** The folders that the dashboard lists under a root, at most four levels down. */
export function scanRuns(root: string): string[] {
  const found: string[] = [];
  const walk = (folder: string, depth: number): void => {
    if (depth > MAX_SCAN_DEPTH) return;
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (!statSync(path).isDirectory()) continue;
      if (isRunFolder(path)) found.push(path);
      else walk(path, depth + 1);
    }
  };
  walk(root, 0);
  return found;
}

function isRunFolder(path: string): boolean {
  if (existsSync(join(path, 'perf_report.html'))) return true;
  return readdirSync(path).some(
    (name) =>
      (PARALLEL.test(name) || ARCHIVE_RATE.test(name)) && existsSync(join(path, name, 'benchmark_summary.json')),
  );
}

/**
 * The runs in a folder, ordered by concurrency.
 *
 * @throws {Error} where pydantic would
 */
export function loadAll(path: string): LoadedRun[] {
  return readdirSync(path)
    .filter((name) => statSync(join(path, name)).isDirectory() && (PARALLEL.test(name) || LOADER_RATE.test(name)))
    .map((name) => loadRun(join(path, name), name))
    .sort((a, b) => a.parallel - b.parallel || (a.rate ?? 0) - (b.rate ?? 0) || a.number - b.number);
}

function loadRun(path: string, name: string): LoadedRun {
  const raw = readJson(join(path, 'benchmark_summary.json')) as Json;
  const rows = (readJson(join(path, 'benchmark_percentile.json')) ?? []) as Json[];
  const summary = Object.fromEntries([
    ...REQUIRED_NUMBERS.map((key) => [key, raw[key] === undefined ? 0 : requireNumber(raw[key], key)]),
    ...OPTIONAL_NUMBERS.filter((key) => raw[key] != null).map((key) => [key, requireNumber(raw[key], key)]),
  ]) as Record<SummaryKey, number>;
  for (const row of rows) {
    if (typeof row['Percentiles'] !== 'string') throw new Error('a percentile row without its label');
    for (const key of PERCENTILE_NUMBERS) if (row[key] != null) requireNumber(row[key], key);
  }
  const [, parallel, ofParallel] = PARALLEL.exec(name) ?? [];
  const [, rate, ofRate] = LOADER_RATE.exec(name) ?? [];
  const number = ofParallel ?? ofRate;
  const known: readonly string[] = [...REQUIRED_NUMBERS, ...OPTIONAL_NUMBERS];
  return {
    folder: path,
    parallel: Number(parallel ?? 0),
    rate: rate === undefined ? null : Number(rate),
    number: Number(number),
    summary,
    unknownKeys: Object.keys(raw).filter((key) => !known.includes(key)),
    percentile: (label, column) => Number(rows.find((row) => row['Percentiles'] === label)?.[column] ?? 0),
    labels: rows.map((row) => String(row['Percentiles'])),
    args: (readJson(join(path, 'benchmark_args.json')) ?? {}) as Json,
    ...loadDatabase(join(path, 'benchmark_data.db')),
  };
}

/** Lax mode of pydantic: a number, or a text that is one. */
function requireNumber(value: unknown, key: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) {
    throw new Error(`ValidationError: ${key}: Input should be a valid number, got ${JSON.stringify(value)}`);
  }
  return number;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function loadDatabase(path: string): Pick<LoadedRun, 'requests' | 'streamRequests'> {
  if (!existsSync(path)) return { requests: [], streamRequests: 0 };
  const database = new sqlite.Database(path, { readOnly: true });
  try {
    const rows = database.all(
      'SELECT start_time, completed_time, latency, first_chunk_latency, prompt_tokens, completion_tokens, ' +
        'inter_token_latencies, time_per_output_token, success FROM result',
    );
    const counted = database.get(
      'SELECT SUM(CASE WHEN success = 1 AND is_stream = 1 THEN 1 ELSE 0 END) AS n FROM result',
    );
    return { requests: rows.map((row) => toRequest(row as Json)), streamRequests: Number(counted?.['n'] ?? 0) };
  } finally {
    database.close();
  }
}

function toRequest(row: Json): LoadedRequest {
  const inMs = (value: unknown): number | null => (typeof value === 'number' ? value * 1000 : null);
  const text = row['inter_token_latencies'];
  return {
    latency: Number(row['latency'] ?? 0),
    first_chunk_latency: inMs(row['first_chunk_latency']),
    prompt_tokens: Math.trunc(Number(row['prompt_tokens'] ?? 0)),
    completion_tokens: Math.trunc(Number(row['completion_tokens'] ?? 0)),
    inter_token_latencies: typeof text === 'string' ? (JSON.parse(text) as number[]).map((value) => value * 1000) : [],
    time_per_output_token: inMs(row['time_per_output_token']),
    success: Boolean(row['success']),
  };
}
