import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planStarts } from '../../lib/load/plan-starts.ts';
import { readRecords } from '../../lib/records/node-record-reader.ts';
import type { SummaryFile } from '../../lib/report/json/summary-json.ts';
import { percentileOnPaper, waitsOnPaper } from '../../tests/support/stalled-service.ts';
import type { BenchContext, Figure, Part } from '../support/context.ts';
import { listEngines } from '../support/engine-command.ts';
import { runAgainstMock } from '../support/run-against-mock.ts';

const RATE = 20;
const SERVICE = { latencyMs: 100, pauseAtMs: 20_000, pauseMs: 2000 };
/** Of the open loop, so that requests queue in the client, too; the closed loop has as many as 20/s keep busy. */
const PLACES = 10;
const PARALLEL = 2;
const MOST_OFF = 0.05;

/**
 * A service that answers in 100 ms and stands still for 2 s, under 20 requests/s for a minute: p99 of the latency from the
 * schedule against the one computed on paper, and that of a closed loop of the same throughput.
 */
export const measureOmission: Part = async (context) => {
  const figures: Figure[] = [];
  for (const engine of listEngines(context)) {
    context.say(`${engine}, open and closed loop side by side`);
    figures.push(await measureEngine(context, engine));
  }
  return figures;
};

async function measureEngine(context: BenchContext, engine: 'k6' | 'node'): Promise<Figure> {
  const seconds = context.quick ? 30 : 60;
  const number = RATE * seconds;
  const none = { rateStages: null, ramp: null, times: null, durationS: null };
  const starts = planStarts({ ...none, rate: RATE, number, arrival: 'poisson', shape: 1, seed: 42 });
  const paper = percentileOnPaper(waitsOnPaper(starts, SERVICE, PLACES), 99);
  const [open, closed] = await Promise.all([
    run(context, engine, ['--rate', RATE, '--number', number, '--max-in-flight', PLACES]),
    run(context, engine, ['--parallel', PARALLEL, '--duration', `${seconds}s`]),
  ]);
  const shown = open.summary.open_loop?.latency.p99_ms ?? Number.NaN;
  const hidden = percentileOnPaper(
    closed.points.map(([, latency]) => latency),
    99,
  );
  const off = shown / paper - 1;
  return {
    part: 'omission',
    name: `${engine}: p99 of a service that stops for 2 s, from the schedule / on paper / closed loop`,
    value: `${shown.toFixed(0)} / ${paper.toFixed(0)} / ${hidden.toFixed(0)} ms`,
    detail: `${(off * 100).toFixed(1)} % off; from the send ${open.summary.percentiles.find(({ percentile }) => percentile === 99)?.latency_ms?.toFixed(0)} ms; ${open.points.length} and ${closed.points.length} requests`,
    aim: {
      text: 'within 5 %, and the closed loop is not',
      reached: Math.abs(off) <= MOST_OFF && Math.abs(hidden / paper - 1) > MOST_OFF,
    },
    values: { engine, shown, paper, hidden, open: formatPoints(open), closed: formatPoints(closed) },
  };
}

interface Stalled {
  readonly summary: SummaryFile['summary'];
  /** Of each request when it was due, in a closed loop when it was sent, since the first, and how long it took from there; ms. */
  readonly points: readonly (readonly [number, number])[];
}

/** `due:took`, ms; a number in a line of the results would take more room. */
function formatPoints({ points }: Stalled): string {
  return points.map((point) => point.join(':')).join(' ');
}

async function run(context: BenchContext, engine: 'k6' | 'node', load: readonly (string | number)[]): Promise<Stalled> {
  const { latencyMs, pauseAtMs, pauseMs } = SERVICE;
  const times = ['--ttft-ms', latencyMs / 2, '--tpot-ms', latencyMs / 10, '--output-tokens', 6];
  const mock = [...times, '--pause-at-ms', pauseAtMs, '--pause-ms', pauseMs];
  return await runAgainstMock(context, { engine, mock, load }, async (folder) => {
    const points: [number, number][] = [];
    await readRecords([join(folder, 'records.jsonl')], ({ start_ms, scheduled_ms, latency_ms }) => {
      const due = scheduled_ms ?? start_ms;
      if (latency_ms !== null) points.push([due, start_ms - due + latency_ms]);
    });
    const first = Math.min(...points.map(([due]) => due));
    const { summary } = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as SummaryFile;
    const rounded = points.map(([due, took]) => [Math.round(due - first), Math.round(took)] as const);
    return { summary, points: rounded.sort(([a], [b]) => a - b) };
  });
}
