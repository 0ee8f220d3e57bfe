import { startsWith } from '../../records/node-classify-line.ts';
import { LINE_START } from '../../records/record-line.ts';
import { isObject, parseJson } from '../../shared/json.ts';
import type { Milliseconds } from '../../shared/units.ts';
import type { ProgressState } from './progress-bar.ts';
import { createQuantileSketch } from './quantile-sketch.ts';

/** What the lines of a run under way tell of it so far. */
export interface LiveRun {
  /** @returns whether the line is of ours; else somebody wants to read it */
  take(line: Buffer): boolean;
  state(): ProgressState;
  /** Whether its load has begun: the connection test comes before it. */
  readonly hasBegun: boolean;
  /** Requests that have ended, warm-ups too. */
  readonly ended: number;
}

export interface LiveRunOptions {
  /** What is planned; the run's own line tells what the engine made of it. */
  readonly total: number | null;
  readonly durationMs: Milliseconds | null;
  /** VUs of which each has a request under way at all times; null: they may have nothing to do for a while. */
  readonly parallel: number | null;
  readonly warmups: number;
  /** A request that takes longer is named. */
  readonly readTimeoutMs: Milliseconds;
  readonly now?: () => Milliseconds;
}

const OURS = Buffer.from(LINE_START);
const RECORD = Buffer.from('record"');
const RUN = Buffer.from('run"');
const START = Buffer.from('start"');
/** The samples that carry records in `RECORDS=samples`. */
const SAMPLES = ['llm_requests', 'llm_warmup_requests'].map((name) =>
  Buffer.from(`{"metric":"${name}","type":"Point"`),
);

/** Fields of a record. No text in it holds one of them, since a quote in a text has a backslash. */
const FIELDS = listFields('"');
/** The same in a record that is itself a text, beside a sample. */
const FIELDS_IN_SAMPLE = listFields('\\"');

function listFields(quote: string) {
  const field = (name: string): Buffer => Buffer.from(`${quote}${name}${quote}:`);
  return {
    start: field('start_ms'),
    end: field('end_ms'),
    failed: Buffer.from(`${quote}outcome${quote}:${quote}failed${quote}`),
    ttft: field('ttft_ms'),
    outputTokens: field('output_tokens'),
    inputs: field('inputs'),
    warmup: Buffer.from(`${quote}warmup${quote}:true`),
    probe: Buffer.from(`${quote}probe${quote}:true`),
    vu: field('vu'),
    turn: field('turn'),
    turns: field('turns'),
  };
}

/**
 * Counts what a run writes while it writes it. Of a record the few fields that a glance takes in are looked for, and the
 * rest, which is nearly all of the line, is passed over, since `JSON.parse` would take several times as long.
 *
 * What is under way needs no line of its own, which would double them: in a closed loop a VU begins its next request when
 * the last one has ended, so each has one since its last record, but those whose record was one of the last.
 */
export function createLiveRun(options: LiveRunOptions): LiveRun {
  const { warmups, readTimeoutMs, now = () => performance.now() } = options;
  let { total, durationMs, parallel } = options;
  const ttft = createQuantileSketch();
  let done = 0;
  let warmedUp = 0;
  let failed = 0;
  let outputTokens = 0;
  let inputs: number | null = null;
  let hasBegun = false;
  let rampUpMs: Milliseconds = 0;
  /** On the run's clock. */
  let firstStart: Milliseconds | null = null;
  let firstMeasured: Milliseconds | null = null;
  let lastEnd: Milliseconds = 0;
  /** A request, or the time from one end to the next. */
  let longest: Milliseconds = 0;
  /** On ours. */
  let lastEndAt: Milliseconds = 0;
  /** When each VU began the request that it is at, on our clock; one without an entry has no more. */
  const busySince = new Map<number, Milliseconds>();

  function takeRun(line: Buffer): void {
    const note = parseJson(line.toString('utf8'));
    const args = isObject(note) ? note['args'] : null;
    if (!isObject(args)) return;
    const numberOf = (key: string): number | null => (typeof args[key] === 'number' ? args[key] : null);
    total = numberOf('expected_requests');
    if (parallel !== null) parallel = numberOf('parallel');
    const durationS = numberOf('duration');
    durationMs = durationS === null ? null : durationS * 1000;
    rampUpMs = (numberOf('ramp_up') ?? 0) * 1000;
  }

  /** Every VU begins, if not at once. */
  function takeStart(): void {
    hasBegun = true;
    for (let vu = 1; vu <= (parallel ?? 0); vu++) busySince.set(vu, now() + rampUpMs);
  }

  function takeRecord(line: Buffer, fields: typeof FIELDS): void {
    hasBegun = true;
    if (line.includes(fields.probe)) return;
    const start = readNumber(line, fields.start) ?? 0;
    const end = readNumber(line, fields.end) ?? start;
    firstStart = Math.min(firstStart ?? start, start);
    longest = Math.max(longest, end - start);
    if (end > lastEnd) {
      if (lastEnd > 0) longest = Math.max(longest, end - lastEnd);
      lastEnd = end;
      lastEndAt = now();
    }
    if (warmedUp < warmups && line.includes(fields.warmup)) {
      warmedUp += 1;
    } else {
      firstMeasured = Math.min(firstMeasured ?? start, start);
      done += 1;
      const isFailed = line.includes(fields.failed);
      if (isFailed) {
        failed += 1;
        // The turns after it are not sent.
        const [turn, turns] = [readNumber(line, fields.turn), readNumber(line, fields.turns)];
        if (total !== null && turn !== null && turns !== null) total -= turns - turn;
      }
      const ttftMs = readNumber(line, fields.ttft);
      if (ttftMs !== null) ttft.add(ttftMs);
      outputTokens += readNumber(line, fields.outputTokens) ?? 0;
      const ofRequest = readNumber(line, fields.inputs);
      if (ofRequest !== null) inputs = (inputs ?? 0) + (isFailed ? 0 : ofRequest);
    }
    const vu = readNumber(line, fields.vu);
    if (vu === null || parallel === null) return;
    if (hasNext(end)) busySince.set(vu, now());
    else busySince.delete(vu);
  }

  /** Whether a VU whose request has just ended begins another one. */
  function hasNext(end: Milliseconds): boolean {
    if (total !== null) return done + warmedUp + (parallel ?? 0) <= total + warmups;
    return durationMs === null || end < (firstStart ?? 0) + durationMs;
  }

  return {
    take(line) {
      if (SAMPLES.some((start) => startsWith(line, start))) takeRecord(line, FIELDS_IN_SAMPLE);
      if (!startsWith(line, OURS)) return false;
      if (startsWith(line, RECORD, OURS.length)) takeRecord(line, FIELDS);
      else if (startsWith(line, RUN, OURS.length)) takeRun(line);
      else if (startsWith(line, START, OURS.length)) takeStart();
      return true;
    },
    state() {
      const sinceLast = firstStart === null ? 0 : now() - lastEndAt;
      const clock = lastEnd + sinceLast;
      // Where none ends for longer than one took, the service hangs, and that time counts.
      const counted = lastEnd + Math.max(0, sinceLast - longest);
      const p50 = ttft.percentile(50);
      const p99 = ttft.percentile(99);
      const overdueSince = now() - readTimeoutMs;
      return {
        elapsedMs: clock - (firstStart ?? clock),
        countedMs: counted - (firstStart ?? counted),
        measuredMs: counted - (firstMeasured ?? counted),
        done,
        total,
        durationMs,
        outputTokens,
        inputs,
        failed,
        ttftMs: p50 === null || p99 === null ? null : { p50, p99 },
        warmup: { done: warmedUp, total: warmups },
        overdue: [...busySince].filter(([, since]) => since < overdueSince).map(([vu]) => vu),
      };
    },
    get hasBegun() {
      return hasBegun;
    },
    get ended() {
      return done + warmedUp;
    },
  };
}

const COMMA = 0x2c;
const CLOSE_BRACE = 0x7d;

/** The number after a key; null where the line has no such key. */
function readNumber(line: Buffer, key: Buffer): number | null {
  const at = line.indexOf(key);
  if (at === -1) return null;
  const from = at + key.length;
  let to = from;
  while (to < line.length && line[to] !== COMMA && line[to] !== CLOSE_BRACE) to += 1;
  const number = Number(line.toString('latin1', from, to));
  return Number.isFinite(number) ? number : null;
}
