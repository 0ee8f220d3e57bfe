import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findK6 } from '../lib/cli/run/find-k6.ts';
import { columnWidths } from '../lib/report/tables/grid-table.ts';
import { measureAccuracy } from './parts/accuracy.ts';
import { measureEventsPerSecond } from './parts/events-per-second.ts';
import { measureJudge } from './parts/judge.ts';
import { measureLargeReport } from './parts/large-report.ts';
import { measureLateness } from './parts/lateness.ts';
import { measureLockstep } from './parts/lockstep.ts';
import { measureMemory } from './parts/memory.ts';
import { measureOmission } from './parts/omission.ts';
import { measurePacedCpu } from './parts/paced-cpu.ts';
import { measureRecords } from './parts/records.ts';
import { measureReportStep } from './parts/report-step.ts';
import { measureRequests } from './parts/requests.ts';
import { measureSearch } from './parts/search.ts';
import { measureSegments } from './parts/segments.ts';
import { measureServerMetrics } from './parts/server-metrics.ts';
import { measureSoak } from './parts/soak.ts';
import { measureSteps } from './parts/steps.ts';
import { measureStreams } from './parts/streams.ts';
import type { BenchContext, Figure, Part } from './support/context.ts';

const PARTS: Readonly<Record<string, Part>> = {
  events: measureEventsPerSecond,
  steps: measureSteps,
  paced: measurePacedCpu,
  accuracy: measureAccuracy,
  lockstep: measureLockstep,
  judge: measureJudge,
  memory: measureMemory,
  records: measureRecords,
  requests: measureRequests,
  report: measureReportStep,
  large: measureLargeReport,
  soak: measureSoak,
  segments: measureSegments,
  omission: measureOmission,
  lateness: measureLateness,
  search: measureSearch,
  streams: measureStreams,
  'server-metrics': measureServerMetrics,
};

const HELP = `Usage: npm run bench -- [--quick] [--part NAME]… [--pairs N] [--size MB]

Speed, accuracy and memory of the measuring itself; prints a table and writes bench/results/<date>.json. Speeds are ratios
of two things measured in turn, since machines are noisy: median and spread over pairs. Without k6 the Node half runs alone.

  --quick      3 pairs and a fraction of the load
  --part NAME  ${Object.keys(PARTS).join(', ')}; may be repeated. Default: all.
  --pairs N    Default: 5
  --against FILE  the openqa.js of another build, measured in turn with ours (lockstep, requests)
  --slice K/N  the Kth of N parts of the judge's runs
  --size MB    of the generated samples in the report step. Default: 1000, with --quick 100
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    part: { type: 'string', multiple: true, default: Object.keys(PARTS) },
    pairs: { type: 'string' },
    against: { type: 'string' },
    slice: { type: 'string', default: '1/1' },
    size: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const unknown = values.part.filter((name) => !Object.hasOwn(PARTS, name));
if (values.help || unknown.length > 0) {
  process.stdout.write(unknown.length > 0 ? `there is no part ${unknown.join(', ')}\n\n${HELP}` : HELP);
  process.exit(unknown.length > 0 ? 104 : 0);
}

const found = await findK6(process.env);
const k6 = found.state === 'found' && found.hasSse ? found : null;
const context: BenchContext = {
  quick: values.quick,
  pairs: Number(values.pairs ?? (values.quick ? 3 : 5)),
  k6Path: k6?.path ?? null,
  sizeMb: Number(values.size ?? (values.quick ? 100 : 1000)),
  against: values.against === undefined ? null : resolve(values.against),
  slice: values.slice.split('/').map(Number) as [number, number],
  root: process.env['BENCH_ROOT'] as string,
  build: process.env['BENCH_BUILD'] as string,
  say: (text) => process.stderr.write(`${text}\n`),
};
const machine = {
  cores: cpus().length,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  memory_gb: Math.round(totalmem() / 1e9),
  node: process.version,
  k6: k6?.version ?? null,
};
process.stdout.write(
  `${machine.cores} cores (${machine.cpu}), ${machine.memory_gb} GB, Node ${machine.node}, ${machine.k6 ?? 'no k6 with k6/x/sse: the Node half alone'}\n`,
);
const figures: Figure[] = [];
for (const name of values.part) {
  const measured = await (PARTS[name] as Part)(context);
  figures.push(...measured);
  for (const { name: what, value, detail } of measured) context.say(`  ${what}: ${value}; ${detail}`);
}
process.stdout.write(`\n${renderTable(figures)}\n`);
const date = new Date().toISOString();
const folder = join(context.root, 'bench', 'results');
const file = join(folder, `${date.slice(0, 19).replace(/[:T]/g, '-')}.json`);
mkdirSync(folder, { recursive: true });
writeFileSync(
  file,
  `${JSON.stringify({ date, quick: context.quick, pairs: context.pairs, machine, figures }, null, 2)}\n`,
);
process.stdout.write(`\n${file.slice(context.root.length + 1)}\n`);

function renderTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, aim }) => [
    name,
    value,
    aim === undefined ? '' : `${aim.text}: ${aim.reached ? 'reached' : 'NOT REACHED'}`,
  ]);
  const headers = ['figure', 'measured', 'aim'];
  const widths = columnWidths({ headers, rows }, 0);
  return [headers, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
