import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd } from '../support/child.ts';
import { built, type Figure, type Part } from '../support/context.ts';
import { generateSamples } from '../support/generate-samples.ts';
import { formatRatio, measurePairs, median, summarizeRatios } from '../support/pairs.ts';

const SPEED_AIM = 250;
const MEMORY_AIM_MB = 400;

interface Step {
  readonly wall_ms: number;
  readonly rss_mb: number;
}

/** Reading a large `--out json` file: all that the tables need, against `JSON.parse` of nothing but the record lines. */
export const measureReportStep: Part = async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-bench-'));
  const { script } = built(context);
  try {
    const figures: Figure[] = [];
    const sizes = context.quick ? [context.sizeMb] : [context.sizeMb / 4, context.sizeMb];
    for (const size of sizes) {
      context.say(`report step, ${size} MB`);
      const samples = join(folder, `samples-${size}.json`);
      const lines = join(folder, `records-${size}.json`);
      generateSamples(samples, lines, size);
      const run = async (name: string, path: string): Promise<Step> =>
        JSON.parse((await runToEnd([process.execPath, script(name), path])).stdout) as Step;
      const all = await measurePairs(
        context.pairs,
        () => run('parse', lines),
        () => run('read', samples),
      );
      const sizeMb = statSync(samples).size / 1e6;
      figures.push(describe(sizeMb, all));
      const reports = [];
      for (let i = 0; i < context.pairs; i++) reports.push(await makeReport(built(context).cli, samples, folder));
      figures.push(describeReport(sizeMb, reports));
      rmSync(samples);
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Says at the end of a process how much memory it had. */
const TELL_MEMORY = `data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>writeSync(1,'\\n'+process.resourceUsage().maxRSS))`;

/** The whole command: tables, intervals, JSON files, database and HTML. */
export async function makeReport(cli: string, samples: string, folder: string): Promise<Step> {
  const flags = ['--outputs-dir', join(folder, 'outputs')];
  const { wallMs, stdout } = await runToEnd([
    process.execPath,
    '--import',
    TELL_MEMORY,
    cli,
    'report',
    samples,
    ...flags,
  ]);
  return { wall_ms: wallMs, rss_mb: Number(stdout.split('\n').at(-1)) / 1000 };
}

function describeReport(sizeMb: number, reports: readonly Step[]): Figure {
  const speed = sizeMb / (median(reports.map(({ wall_ms }) => wall_ms)) / 1000);
  const rss = Math.max(...reports.map(({ rss_mb }) => rss_mb));
  return {
    part: 'report step',
    name: `k6-llm-perf report of ${sizeMb.toFixed(0)} MB, start included`,
    value: `${speed.toFixed(0)} MB/s, ${rss.toFixed(0)} MB`,
    detail: 'with intervals, JSON files, database and HTML; peak of resident memory',
    values: { size_mb: sizeMb, mb_per_s: speed, peak_rss_mb: rss },
  };
}

function describe(sizeMb: number, all: readonly (readonly [Step, Step])[]): Figure {
  const ratio = summarizeRatios(all.map(([parse, read]) => parse.wall_ms / read.wall_ms));
  const speed = sizeMb / (median(all.map(([, read]) => read.wall_ms)) / 1000);
  const floor = sizeMb / (median(all.map(([parse]) => parse.wall_ms)) / 1000);
  const rss = Math.max(...all.map(([, read]) => read.rss_mb));
  return {
    part: 'report step',
    name: `samples of ${sizeMb.toFixed(0)} MB read and summed up`,
    value: `${speed.toFixed(0)} MB/s, ${rss.toFixed(0)} MB`,
    detail: `${formatRatio(ratio)} of the ${floor.toFixed(0)} MB/s of parsing the record lines alone; peak of resident memory`,
    aim: {
      text: `at least ${SPEED_AIM} MB/s, under ${MEMORY_AIM_MB} MB`,
      reached: speed >= SPEED_AIM && rss < MEMORY_AIM_MB,
    },
    values: { size_mb: sizeMb, mb_per_s: speed, floor_mb_per_s: floor, ratio, peak_rss_mb: rss },
  };
}
