import { join } from 'node:path';
import { readRecords } from '../../lib/records/node-record-reader.ts';
import { choosePercentile } from '../../lib/stats/percentile-rule.ts';
import type { BenchContext, Figure, Part } from '../support/context.ts';
import { listEngines } from '../support/engine-command.ts';
import { runAgainstMock } from '../support/run-against-mock.ts';

const RATES = [20, 100];
/** Answers of half a second, so that an open loop of 100/s has 50 streams. */
const MOCK = ['--ttft-ms', 100, '--tpot-ms', 20, '--output-tokens', 20];
/** More is a loop that was not kept (docs/load.md). */
const MOST_LATE_MS = 10;

/** How late the starts of an open loop are by the client's own doing, at 20/s and 100/s with Poisson gaps. */
export const measureLateness: Part = async (context) => {
  const figures: Figure[] = [];
  for (const engine of listEngines(context)) {
    for (const rate of RATES) figures.push(await measureRate(context, engine, rate));
  }
  return figures;
};

async function measureRate(context: BenchContext, engine: 'k6' | 'node', rate: number): Promise<Figure> {
  const number = rate * (context.quick ? 15 : 60);
  context.say(`${engine}, ${rate}/s`);
  const load = ['--rate', rate, '--number', number, '--max-in-flight', rate * 3];
  const late: number[] = [];
  await runAgainstMock(context, { engine, mock: MOCK, load }, (folder) =>
    readRecords([join(folder, 'records.jsonl')], ({ late_ms, queued_ms }) => {
      if (late_ms !== null) late.push(late_ms - (queued_ms ?? 0));
    }),
  );
  const sorted = Float64Array.from(late).sort();
  const [p50, p99, most] = [50, 99, 100].map((percent) => choosePercentile('linear')(sorted, percent) as number);
  const say = (value: number | undefined): string => `${value?.toFixed(2)} ms`;
  return {
    part: 'lateness',
    name: `${engine}: how late an open loop of ${rate}/s starts, p50 / p99 / most`,
    value: [p50, p99, most].map(say).join(' / '),
    detail: `${late.length} of ${number} starts`,
    aim: { text: `p99 at most ${MOST_LATE_MS} ms`, reached: late.length === number && (p99 as number) <= MOST_LATE_MS },
    values: { engine, rate, number, p50, p99, most },
  };
}
