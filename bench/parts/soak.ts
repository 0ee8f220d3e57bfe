import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part } from '../support/context.ts';
import { engineCommand, listEngines } from '../support/engine-command.ts';
import { mean } from '../support/pairs.ts';
import { type Held, watchToEnd } from '../support/watched-run.ts';

interface Soak {
  readonly what: string;
  readonly answers: number;
  readonly tokens: number;
  readonly parallel: number;
}

const SOAKS: readonly Soak[] = [
  { what: 'short', answers: 20_000, tokens: 16, parallel: 16 },
  { what: 'long', answers: 200, tokens: 32_000, parallel: 4 },
];
/** k6 keeps every value of a Trend until the end, in eight bytes and room to grow. */
const BYTES_PER_GAP = 16;
/** Beside that, what the garbage collector has not taken yet. */
const GROWTH_AIM_MB = 30;

/** Many answers and very long ones, as fast as they come: what memory does over the run, and what sockets are left. */
export const measureSoak: Part = async (context) => {
  const figures: Figure[] = [];
  for (const engine of listEngines(context)) {
    for (const { answers, ...soak } of SOAKS) {
      figures.push(await run(context, engine, { ...soak, answers: context.quick ? answers / 10 : answers }));
    }
  }
  return figures;
};

async function run(context: BenchContext, engine: 'k6' | 'node', soak: Soak): Promise<Figure> {
  const { what, answers, tokens, parallel } = soak;
  context.say(`soak: ${answers} ${what} answers in ${engine}`);
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-soak-'));
  const source = await startServer(built(context).script('source'), ['blast', tokens]);
  const settings = {
    URL: `${source.url}/v1/chat/completions`,
    MODEL: 'bench',
    NUMBER: String(answers),
    PARALLEL: String(parallel),
    NO_TEST_CONNECTION: 'true',
    OUTPUTS_DIR: folder,
    RECORDS: 'console',
    K6_CONSOLE_OUTPUT: join(folder, 'records.jsonl'),
  };
  try {
    const { wallMs, cpuMs, held } = await watchToEnd(engineCommand(context, engine, settings), settings);
    return describe(engine, soak, held, wallMs, cpuMs);
  } finally {
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function describe(
  engine: string,
  { what, answers, tokens, parallel }: Soak,
  held: readonly Held[],
  wallMs: number,
  cpuMs: number,
): Figure {
  const quarter = (from: number): number =>
    mean(
      held.slice(Math.floor(held.length * from), Math.ceil(held.length * (from + 0.25))).map(({ rss_mb }) => rss_mb),
    );
  const [second, last] = [quarter(0.25), quarter(0.75)];
  const peak = Math.max(...held.map(({ rss_mb }) => rss_mb));
  const most = Math.max(...held.map(({ sockets }) => sockets));
  const left = (held.at(-1)?.sockets ?? 0) - (held[0]?.sockets ?? 0);
  const allowed = GROWTH_AIM_MB + (engine === 'k6' ? (answers * tokens * BYTES_PER_GAP) / 2e6 : 0);
  return {
    part: 'soak',
    name: `${engine}, ${answers} ${what} answers of ${tokens} tokens, ${parallel} at a time: memory in the second and the last quarter`,
    value: `${second.toFixed(0)}, ${last.toFixed(0)} MB`,
    detail: `peak ${peak.toFixed(0)} MB; at most ${most} sockets, ${left} more at the end than at the start; ${(wallMs / 1000).toFixed(1)} s, ${(cpuMs / 1000).toFixed(1)} s of CPU`,
    aim: {
      text: `at most ${allowed.toFixed(0)} MB more, no socket left`,
      reached: last - second <= allowed && left <= 0,
    },
    values: {
      ...{ engine, answers, tokens, parallel, second_mb: second, last_mb: last, peak_mb: peak },
      ...{ sockets: most, sockets_left: left, wall_ms: wallMs, cpu_ms: cpuMs },
    },
  };
}
