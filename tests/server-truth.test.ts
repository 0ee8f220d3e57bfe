import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatPythonFloat, roundPython } from '../lib/evalscope/python-number.ts';
import type { SummaryFile } from '../lib/report/json/summary-json.ts';
import { describeChromium } from './support/chromium.ts';
import { createFolder, startCli } from './support/cli.ts';
import { describeEngines } from './support/engines.ts';
import { type MockProcess, type MockTiming, startMockProcess } from './support/mock-process.ts';
import { type ReportBrowser, startReportBrowser } from './support/report-page.ts';

/** A request as the mock saw it, on its own clock, of which one stamp is known in milliseconds since 1970. */
type Seen = MockTiming & { readonly begin_ms: number; readonly received_at_ms: number };

/** Tokens that the mock's cache holds: lib/mock/metrics-page.ts. */
const CACHE_TOKENS = 100_000;
/** A look is stamped when it begins; the mock answers a little later. */
const ANSWERED_WITHIN_MS = 150;
const LEVELS = ['running', 'waiting', 'kv_cache_ratio'] as const;
type Levels = Readonly<Record<(typeof LEVELS)[number], number>>;

/** What the mock was doing at a moment. */
function levelsAt(timings: readonly Seen[], at_ms: number): Levels {
  const epoch = (timings[0]?.received_at_ms ?? 0) - (timings[0]?.arrival_ms ?? 0);
  const now = at_ms - epoch;
  const running = timings.filter(({ begin_ms, end_ms }) => begin_ms <= now && now < (end_ms ?? 0));
  const held = running.map(
    ({ prompt_tokens, chunks }) =>
      (prompt_tokens ?? 0) + chunks.filter(({ kind, at_ms }) => kind === 'content' && at_ms <= now).length,
  );
  return {
    running: running.length,
    waiting: timings.filter(({ arrival_ms, begin_ms }) => arrival_ms <= now && now < begin_ms).length,
    kv_cache_ratio: held.reduce((sum, tokens) => sum + tokens, 0) / CACHE_TOKENS,
  };
}

/** The least and the most of each level while a look may have been answered. */
function boundsOf(timings: readonly Seen[], at_ms: number): readonly (readonly [number, number])[] {
  const moments = Array.from({ length: ANSWERED_WITHIN_MS + 1 }, (_, i) => levelsAt(timings, at_ms + i));
  return LEVELS.map((name) => {
    const values = moments.map((levels) => levels[name]);
    return [Math.min(...values), Math.max(...values)];
  });
}

const number = (value: number): string => {
  const rounded = roundPython(value, 1);
  return Number.isInteger(rounded) ? `${rounded}` : formatPythonFloat(rounded);
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The value of a row of the server's table, from the page's data: in the terminal it may be wrapped. */
function rowOf(html: string, title: string): string | undefined {
  const rows = JSON.parse(/"server":\{"rows":(\[\[.*?\]\])/.exec(html)?.[1] ?? '[]') as [string, string][];
  return rows.find(([key]) => key === title)?.[1];
}

const folders = new Map<string, string>();

describeEngines('every row of the server', (engine) => {
  it.each(['vllm', 'sglang'] as const)('is the truth of a mock with a known queue and cache: %s', async (style) => {
    const flags = [
      '--metrics',
      style,
      '--max-running',
      '2',
      '--ttft-ms',
      '300',
      '--tpot-ms',
      '40',
      '--cached-tokens',
      '3',
    ];
    const mock: MockProcess = await startMockProcess(flags);
    const outputs = createFolder();
    const { code, stdout } = await startCli([
      ...['run', '--engine', engine, '--url', `${mock.url}/v1`, '--model', 'm', '--parallel', '6', '--number', '8'],
      ...['--max-tokens', '15', '--no-test-connection', '--no-connect-probes', '--api-key', 'sk-very-secret-key'],
      ...['--outputs-dir', outputs, '--no-timestamp'],
    ]).finished;
    expect(code, stdout).toBe(0);
    const timings = (await (await fetch(`${mock.url}/__timings`)).json()) as Seen[];
    await mock.stop();
    const folder = join(outputs, 'm');
    folders.set(engine, folder);
    const { server } = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as SummaryFile;
    if (server === null) throw new Error(stdout);
    const { summary } = server;

    // The table of the database has each look; a level of it is what the mock was doing then.
    const query = 'select at, name, value from server_metrics order by at';
    const table = await startCli(['query', folder, query, '--format', 'json']).finished;
    const rows = JSON.parse(table.stdout) as { at: string; name: string; value: number }[];
    const moments = [...new Set(rows.map(({ at }) => at))].map((at) => ({
      at_ms: Date.parse(at),
      values: Object.fromEntries(rows.filter((row) => row.at === at).map(({ name, value }) => [name, value])),
    }));
    expect(moments.length).toBeGreaterThan(4);
    for (const { at_ms, values } of moments) {
      boundsOf(timings, at_ms).forEach(([least, most], index) => {
        const name = LEVELS[index] as string;
        expect(values[name], `${name} at ${at_ms}`).toBeGreaterThanOrEqual(least);
        expect(values[name], `${name} at ${at_ms}`).toBeLessThanOrEqual(most);
      });
    }
    const ends = moments.map(({ values }) => values).at(-1);
    const [prompts, generated] = [
      mean(timings.map((t) => t.prompt_tokens ?? 0)),
      mean(timings.map((t) => t.completion_tokens)),
    ];
    expect(ends).toMatchObject({ requests: 8, prompt_tokens: 8 * prompts, generation_tokens: 8 * generated });

    // The summary is of the looks within the run.
    const records = readFileSync(join(folder, 'records.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"llm_perf":"record"'))
      .map((line) => JSON.parse(line) as { started_at: string; start_ms: number; end_ms: number });
    const [first] = records;
    const epoch = Date.parse(first?.started_at ?? '') - (first?.start_ms ?? 0);
    const from = epoch + Math.min(...records.map(({ start_ms }) => start_ms));
    const to = epoch + Math.max(...records.map(({ end_ms }) => end_ms));
    const within = moments.filter(({ at_ms }) => at_ms >= from && at_ms <= to);
    expect(summary).toMatchObject({ looks: within.length, failed_looks: 0 });
    for (const name of LEVELS) {
      const values = within.map(({ values }) => values[name] as number);
      expect(summary[name]?.mean).toBeCloseTo(mean(values), 9);
      expect(summary[name]?.max).toBe(Math.max(...values));
    }

    // Each row shows it.
    const html = readFileSync(join(folder, 'perf_report.html'), 'utf8');
    const level = (name: (typeof LEVELS)[number], format: (value: number) => string) =>
      `mean ${format(summary[name]?.mean ?? -1)}, most ${format(summary[name]?.max ?? -1)}`;
    const firsts = timings.map(
      ({ arrival_ms, chunks }) => (chunks.find(({ kind }) => kind === 'content')?.at_ms ?? 0) - arrival_ms,
    );
    expect(summary.ttft?.mean_ms).toBeCloseTo(mean(firsts), 3);
    const queued = mean(timings.map(({ arrival_ms, begin_ms }) => begin_ms - arrival_ms));
    expect(summary.running?.max).toBe(2);
    expect(summary.kv_cache_ratio?.max).toBeLessThan(0.01);
    expect(rowOf(html, 'Requests running')).toBe(level('running', number));
    expect(rowOf(html, 'Requests waiting')).toBe(level('waiting', number));
    expect(rowOf(html, 'KV cache in use')).toBe(level('kv_cache_ratio', (value) => `${(value * 100).toFixed(1)}%`));
    expect(rowOf(html, 'Prompt tokens from the prefix cache')).toBe(
      `${((100 * 3) / prompts).toFixed(1)}% of ${8 * prompts}`,
    );
    expect(rowOf(html, "TTFT by the server's clock, mean (ms)")).toMatch(
      new RegExp(`^${number(mean(firsts)).replace('.', '\\.')}, \\S+ (below|above) ours$`),
    );
    expect(rowOf(html, 'Tokens in, tokens out')).toBe(`${8 * prompts} and ${8 * generated}, as we counted`);
    expect(rowOf(html, "Wait in the server's queue, mean (ms)")).toBe(number(queued));
  });
});

describeChromium("the server's charts", () => {
  let browser: ReportBrowser;
  beforeAll(async () => {
    browser = await startReportBrowser();
  });
  afterAll(() => browser.close());

  it("have the time axis of the client's", async () => {
    const { page, complaints } = await browser.openFile(join(folders.get('node') as string, 'perf_report.html'));
    const axisOf = (chart: string) =>
      page.$$eval(`[data-chart="${chart}"] [aria-label="x-axis tick label"] text`, (texts) =>
        texts.map((text) => [
          text.textContent,
          /^translate\(([\d.]+),/.exec(text.getAttribute('transform') ?? '')?.[1],
        ]),
      );
    const ofClient = await axisOf('timeline');
    expect(ofClient.length).toBeGreaterThan(2);
    for (const chart of ['server-requests', 'server-cache']) expect(await axisOf(chart)).toEqual(ofClient);
    expect(complaints).toEqual([]);
  });
});
