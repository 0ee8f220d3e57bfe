import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findHistory } from '../lib/history/node-find-history.ts';
import { renderIndex } from '../lib/history/render-index.ts';
import { describeChromium } from './support/chromium.ts';
import { countMarks, listScrolledTables, type ReportBrowser, startReportBrowser } from './support/report-page.ts';
import { ASSETS } from './support/report-records.ts';

/** What a hostile server, dataset or configuration could bring into the name of a model. */
const ATTACK = `</script><script>globalThis.injected = 1</script><img src=x onerror="globalThis.injected = 2">'"&\u202e`;
/** A name of a folder that means something in a URL, in HTML and in a shell. */
const FOLDER = `javascript:a#b?c%20'"&<b>`;
const RUNS = 2000;

const folder = mkdtempSync(join(tmpdir(), 'index-page-'));

/** A run whose TTFT is its position in milliseconds, a second after the one before; with its settings and page where they are given. */
function writeRun(path: string, position: number, args: object | null = null): void {
  const place = join(folder, path);
  mkdirSync(place, { recursive: true });
  const number = (value: number) => ({ state: 'ok', value, low: value * 0.9, high: value * 1.1 });
  const summary = {
    version: 1,
    run_id: `run ${position}`,
    started_at: new Date(Date.UTC(2026, 2, 1) + position * 1000).toISOString(),
    summary: { completed_requests: 9, failed_requests: 1, concurrency: (position % 3) + 1, tpot_avg_ms: 10 },
    validity: { verdict: position % 2 === 0 ? 'VALID' : 'SUSPECT', reasons: [] },
    thresholds: [],
    gates: [{ gate: 'p99(ttft)<1000', ok: position < 1000 }],
    intervals: { timings: { ttft_ms: { mean: number(position + 1), p99: number(position + 2) } } },
  };
  writeFileSync(join(place, 'summary.json'), JSON.stringify(summary));
  if (args === null) return;
  writeFileSync(join(place, 'benchmark_args.json'), JSON.stringify({ dataset: 'openqa', ...args }));
  writeFileSync(join(place, 'perf_report.html'), '<title>opened</title>');
  writeFileSync(join(place, 'records.jsonl'), '');
}

describeChromium('the index of many runs in a browser', () => {
  let browser: ReportBrowser;
  beforeAll(async () => {
    for (let i = 0; i < RUNS - 2; i++) writeRun(`group-${i % 50}/run-${i}`, i);
    writeRun(FOLDER, RUNS - 2, { model: ATTACK, parallel: 8 });
    writeRun('last', RUNS - 1, { model: 'other', rate: 5 });
    mkdirSync(join(folder, 'damaged'));
    writeFileSync(join(folder, 'damaged', 'summary.json'), '{"version":1,"summ');
    mkdirSync(join(folder, 'foreign'));
    writeFileSync(join(folder, 'foreign', 'summary.json'), '{"total": 5}');
    browser = await startReportBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it('sorts, filters, draws a trend and compares 2,000 runs from disk, whatever their names', async () => {
    execFileSync(process.execPath, ['dist/node/cli.js', 'index', folder], { stdio: 'pipe' });
    const { page, complaints, requests } = await browser.openFile(join(folder, 'index.html'));
    const rows = page.locator('table[data-table="runs"] tbody tr:not([hidden])');
    expect(await rows.count()).toBe(RUNS);
    expect(await listScrolledTables(page)).toEqual([]);
    expect(await countMarks(page, 'trend', 'circle')).toBe(RUNS);
    expect(await page.locator('#skipped').textContent()).toMatch(
      /damaged\/summary\.json: .*cut off[\s\S]*foreign\/summary\.json: /,
    );

    // The newest first; then by mean TTFT, the largest first, and the smallest.
    expect(await rows.first().textContent()).toContain('5 requests/s');
    const byTtft = page.getByRole('button', { name: 'TTFT, mean' });
    await byTtft.click();
    await byTtft.click();
    expect(await rows.first().textContent()).toContain('run-0');
    // Without its records, as older versions of report left their folders.
    expect(await rows.first().getByRole('checkbox').isDisabled()).toBe(true);

    await page.locator('[data-control="Load"]').selectOption('parallel 8');
    expect(await rows.count()).toBe(1);
    expect(await countMarks(page, 'trend', 'circle')).toBe(1);
    expect(await rows.first().textContent()).toContain('<img src=x');
    const href = (await rows.first().locator('a').getAttribute('href')) as string;
    const link = new URL(href, pathToFileURL(join(folder, 'index.html')));
    expect(fileURLToPath(link)).toBe(join(folder, FOLDER, 'perf_report.html'));
    await rows.first().getByRole('checkbox').check();
    await page.locator('[data-control="words"]').fill('OTHER');
    await page.locator('[data-control="Load"]').selectOption('all');
    await rows.first().getByRole('checkbox').check();
    const line = await page.locator('[data-compare]').textContent();
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(words).toEqual(['k6-llm-perf', 'compare', join(folder, FOLDER), join(folder, 'last')]);

    await page.locator('[data-control="metric"]').selectOption('mean(latency)');
    expect(await page.locator('[data-chart="trend"]').textContent()).toContain('None of these runs');
    expect(await page.evaluate('globalThis.injected')).toBeUndefined();
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await page.close();
  });

  it('does not run off the side of a phone', async () => {
    const { runs, skipped } = findHistory(folder);
    const html = renderIndex({ runs: runs.slice(-5), skipped }, { folder, base: '' }, ASSETS);
    const { page } = await browser.openText(html, { viewport: { width: 375, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    await page.close();
  });
});
