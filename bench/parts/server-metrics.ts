import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd, type Server, startServer } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part } from '../support/context.ts';
import { engineCommand } from '../support/engine-command.ts';
import { measurePairs, median } from '../support/pairs.ts';

const STREAMS = 200;
const TOKENS_PER_S = 100;
const AIM_PERCENT = 1;

/**
 * How long the command line reads the page at least, in seconds: what reading costs once, whatever the length, is in both of a
 * pair. So is what it costs a process that sleeps to wake once a second, which a client under load does all the time. A look of the
 * first minute takes less and less, as V8 compiles what it runs.
 */
const SHORTEST_S = 1;
const LOOKS = 60;

/**
 * What reading a server's page of metrics once a second costs the client, as a share of the CPU that the same client takes
 * for 200 streams of 100 tokens/s: by the command line, and by the scenario of a plain `k6 run`, with what its VU costs once.
 */
export const measureServerMetrics: Part = async (context) => {
  const seconds = context.quick ? 5 : 15;
  const folder = mkdtempSync(join(tmpdir(), 'bench-server-'));
  const page = await startServer(built(context).script('metrics-page'), []);
  const paced = await startServer(built(context).script('source'), ['paced', TOKENS_PER_S * seconds]);
  try {
    const bytes = (await (await fetch(page.url)).text()).length;
    const figures = [await measureCommandLine(context, page, paced, { seconds, bytes, folder })];
    if (context.k6Path !== null) figures.push(await measureScenario(context, page, paced, { seconds, bytes }));
    return figures;
  } finally {
    await page.stop();
    await paced.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function measureCommandLine(
  context: BenchContext,
  page: Server,
  paced: Server,
  { seconds, bytes, folder }: { readonly seconds: number; readonly bytes: number; readonly folder: string },
): Promise<Figure> {
  context.say('a page of metrics once a second, by the command line');
  const looks = context.quick ? seconds : LOOKS;
  const watch = async (length: number, idle: number): Promise<number> => {
    const script = built(context).script('watch-server');
    const command = [process.execPath, script, page.url, String(length), join(folder, 'looks.jsonl'), String(idle)];
    return (await runToEnd(command)).cpuMs;
  };
  const pairs = await measurePairs(
    context.pairs,
    () => watch(SHORTEST_S, looks),
    () => watch(SHORTEST_S + looks, 0),
  );
  const client = (await measureLoad(context, 'node', paced, {})) / seconds;
  return describe('command line in Node', pairs, client, { looks, bytes });
}

async function measureScenario(
  context: BenchContext,
  page: Server,
  paced: Server,
  { seconds, bytes }: { readonly seconds: number; readonly bytes: number },
): Promise<Figure> {
  context.say('a page of metrics once a second, by the scenario of a plain k6 run');
  // Beside one stream: the CPU of 200 varies from run to run by more than the looks take.
  const one = { NUMBER: '1', PARALLEL: '1' };
  const pairs = await measurePairs(
    context.pairs,
    () => measureLoad(context, 'k6', paced, one),
    () => measureLoad(context, 'k6', paced, { ...one, SERVER_METRICS: page.url }),
  );
  const client = (await measureLoad(context, 'k6', paced, {})) / seconds;
  return describe('scenario of a plain k6 run', pairs, client, { looks: seconds, bytes });
}

async function measureLoad(
  context: BenchContext,
  engine: 'k6' | 'node',
  { url }: Server,
  more: Readonly<Record<string, string>>,
): Promise<number> {
  const settings = {
    ...{ URL: `${url}/v1/chat/completions`, MODEL: 'bench', NUMBER: String(STREAMS), PARALLEL: String(STREAMS) },
    ...{ NO_TEST_CONNECTION: 'true', ...more },
  };
  return (await runToEnd(engineCommand(context, engine, settings), engine === 'k6' ? settings : {})).cpuMs;
}

function describe(
  what: string,
  pairs: readonly (readonly [number, number])[],
  clientMsPerS: number,
  { looks, bytes }: { readonly looks: number; readonly bytes: number },
): Figure {
  const perS = median(pairs.map(([without, withPage]) => withPage - without)) / looks;
  const percent = (100 * perS) / clientMsPerS;
  return {
    part: 'server-metrics',
    name: `a page of ${Math.round(bytes / 1000)} kB once a second, ${what}: CPU over the client's at ${STREAMS} streams`,
    value: `${percent.toFixed(2)} %`,
    detail: `${perS.toFixed(1)} ms a second beside ${clientMsPerS.toFixed(0)} ms a second for the load`,
    aim: { text: `below ${AIM_PERCENT} %`, reached: percent < AIM_PERCENT },
    values: {
      percent,
      extra_cpu_ms_per_s: perS,
      client_cpu_ms_per_s: clientMsPerS,
      page_bytes: bytes,
      pairs,
    },
  };
}
