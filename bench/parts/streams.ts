import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, startServer } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part } from '../support/context.ts';
import { engineCommand, listEngines } from '../support/engine-command.ts';
import { mean } from '../support/pairs.ts';
import { watchToEnd } from '../support/watched-run.ts';

const STREAMS = 1000;
const [TTFT_MS, TOKENS] = [500, 128];
/** 128 tokens take 13 s: a minute is four requests of each stream, which all start together. */
const TPOT_MS = 100;
const REQUESTS_PER_STREAM = 4;

/** What of the mock's `/__timings` tells when it wrote. */
interface Timing {
  readonly arrival_ms: number;
  readonly chunks: readonly { readonly at_ms: number; readonly tokens: number }[];
}

/** 1,000 streams of 10 tokens/s at once, client and server on one machine: what they cost, and how far off the times are. */
export const measureStreams: Part = async (context) => {
  const figures: Figure[] = [];
  for (const engine of listEngines(context)) {
    context.say(`${STREAMS} streams in ${engine}`);
    figures.push(await run(context, engine));
  }
  return figures;
};

async function run(context: BenchContext, engine: 'k6' | 'node'): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-streams-'));
  const flags = ['--spin', 'off', '--ttft-ms', TTFT_MS, '--tpot-ms', TPOT_MS, '--output-tokens', TOKENS];
  const server = await startServer(built(context).script('mock'), [...flags, '--ttft-spread', 0.3]);
  const requests = STREAMS * (context.quick ? 1 : REQUESTS_PER_STREAM);
  const settings = {
    URL: `${server.url}/v1/chat/completions`,
    MODEL: 'bench',
    NUMBER: String(requests),
    PARALLEL: String(STREAMS),
    NO_TEST_CONNECTION: 'true',
    RAMP_UP: '10',
    OUTPUTS_DIR: folder,
  };
  try {
    const { wallMs, cpuMs, held } = await watchToEnd(engineCommand(context, engine, settings), settings);
    const { summary } = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'));
    const timings = await ask<Timing[]>(server, '/__timings');
    if (timings.length !== requests) throw new Error(`${timings.length} of ${requests} requests came`);
    const outputs = timings.map(({ arrival_ms, chunks }) => ({
      arrival_ms,
      at: chunks.filter(({ tokens }) => tokens > 0).map(({ at_ms }) => at_ms),
    }));
    const ttft = Float64Array.from(outputs, ({ arrival_ms, at }) => (at[0] ?? Number.NaN) - arrival_ms).sort();
    const gaps = outputs.flatMap(({ at }) => at.slice(1).map((time, i) => time - (at[i] as number)));
    const itl = Float64Array.from(gaps).sort();
    const p99 = summary.percentiles.find(({ percentile }: { percentile: number }) => percentile === 99);
    const values = {
      ttft_error_ms: summary.ttft_avg_ms - mean(ttft),
      ttft_p99_error_ms: p99.ttft_ms - at99(ttft),
      itl_error_ms: summary.itl_avg_ms - mean(itl),
      itl_p99_ms: summary.itl_p99_ms as number,
      itl_p99_true_ms: at99(itl),
      cores: cpuMs / wallMs,
      peak_rss_mb: Math.max(...held.map(({ rss_mb }) => rss_mb)),
    };
    return {
      part: 'streams',
      name: `${engine}, ${STREAMS} streams of ${1000 / TPOT_MS} tokens/s: error of mean TTFT / of its p99, of mean ITL, ms`,
      value: `${values.ttft_error_ms.toFixed(1)} / ${values.ttft_p99_error_ms.toFixed(1)}, ${values.itl_error_ms.toFixed(3)}`,
      detail: `ITL p99 ${values.itl_p99_ms.toFixed(1)} ms, in truth ${values.itl_p99_true_ms.toFixed(1)}; ${(cpuMs / 1000).toFixed(1)} s of CPU, ${values.cores.toFixed(2)} of a core; ${values.peak_rss_mb.toFixed(0)} MB; ${(wallMs / 1000).toFixed(0)} s`,
      values: { engine, streams: STREAMS, requests, wall_ms: wallMs, cpu_ms: cpuMs, ...values },
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function at99(sorted: Float64Array): number {
  return sorted[Math.floor(sorted.length * 0.99)] as number;
}
