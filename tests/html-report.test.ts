import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderSweepReport } from '../lib/report/html/render-page.ts';
import type { SweepPoint } from '../lib/report/html/report-data.ts';
import { exampleFailure, exampleRecord } from './fixtures/example-record.ts';
import { QUICK_START_SUMMARY } from './fixtures/example-summary.ts';
import { describeChromium } from './support/chromium.ts';
import { countMarks, type ReportBrowser, startReportBrowser } from './support/report-page.ts';
import { ASSETS, exampleRun, reportOf } from './support/report-records.ts';

/** What a hostile server or configuration could send. */
const ATTACK = `</script><script>globalThis.injected = 1</script><img src=x onerror="globalThis.injected = 2">'"&\u202e`;

describeChromium('the HTML report in a browser', () => {
  let browser: ReportBrowser;
  beforeAll(async () => {
    browser = await startReportBrowser();
  });
  afterAll(() => browser.close());

  it('draws every chart with as many marks as there are values, quietly and without a network', async () => {
    const { data, html } = reportOf(exampleRun(60), {
      thresholds: [
        { metric: 'llm_ttft', expression: 'p(95)<400', ok: true, value: 240, limit: 400, margin: 160 },
        { metric: 'llm_request_failed', expression: 'rate<0.01', ok: false, value: 0.1, limit: 0.01, margin: -0.09 },
      ],
      notes: ['a note'],
    });
    const { page, complaints, requests } = await browser.openText(html);
    const marks = (chart: string, selector: string): Promise<number> => countMarks(page, chart, selector);
    expect(data.distributions.map(({ metric }) => metric)).toEqual(['ttft', 'itl', 'tpot', 'latency']);
    for (const { metric, histogram } of data.distributions) {
      expect(await marks(`${metric}-histogram`, '[aria-label="rect"] rect')).toBe(histogram.counts.length);
      expect(await marks(`${metric}-ecdf`, '[aria-label="line"] path')).toBe(1);
      expect(await marks(`${metric}-ecdf`, '[aria-label="dot"] circle')).toBe(3);
    }
    // 60 requests, every tenth of which failed.
    expect(await marks('timeline', '.mark-waiting rect')).toBe(54);
    expect(await marks('timeline', '.mark-streaming rect')).toBe(54);
    expect(await marks('timeline', '.mark-failed rect')).toBe(6);
    expect(await marks('timeline', '.mark-failed-ends path')).toBe(6);
    const windows = data.series.from_s.length;
    expect(windows).toBeGreaterThan(50);
    expect(await marks('throughput', '.mark-completed rect')).toBe(windows);
    expect(await marks('throughput', '.mark-failed rect')).toBe(windows);
    expect(await marks('token-rate', '[aria-label="rect"] rect')).toBe(windows);
    expect(await marks('in-flight', '[aria-label="line"] path')).toBe(1);
    const measured = data.series.lag_max_ms.filter((lag) => lag !== null).length;
    expect(await marks('client-lag', '[aria-label="rect"] rect')).toBe(measured);
    // 54 gaps at each place are too few for p99.
    expect(await marks('itl-position', '[aria-label="line"] path')).toBe(2);
    expect(await marks('ttft-input', '[aria-label="dot"] circle')).toBe(54);
    expect(await page.locator('[data-table="percentiles"] tbody tr').count()).toBe(10);
    expect(await page.locator('[data-table="thresholds"] tbody tr').allTextContents()).toEqual([
      expect.stringMatching(/passedllm_ttft: p\(95\)<400240\+40 %/),
      expect.stringMatching(/crossedllm_request_failed: rate<0.010.1−900 %/),
    ]);
    expect(await page.locator('[data-table="failures"] tbody tr').textContent()).toMatch(
      /http-status610.0 %500HTTP 500/,
    );
    expect(await page.locator('[data-table="configuration"]').textContent()).toContain('**********');
    expect(await page.locator('[data-tile="Success rate"] strong').textContent()).toBe('90.0 %');
    const drawn = await page
      .locator('figure[data-chart]')
      .evaluateAll((figures) => figures.map((figure) => figure.querySelectorAll('svg').length));
    expect(drawn).toEqual(new Array(15).fill(1));
    expect([complaints, requests]).toEqual([[], []]);
  });

  it('names both axes of every chart, with their unit', async () => {
    const { page } = await browser.openText(reportOf(exampleRun(60)).html);
    const labels = await page
      .locator('figure[data-chart]')
      .evaluateAll((figures) =>
        figures.map((figure) =>
          [...figure.querySelectorAll('[aria-label$="axis label"]')].map((label) => label.textContent).join(' '),
        ),
      );
    expect(labels).toHaveLength(15);
    for (const text of labels) expect(text).toMatch(/→/);
    for (const text of labels) expect(text).toMatch(/↑/);
    expect(labels.join('\n')).toMatch(/TTFT \(ms\)/);
    expect(labels.join('\n')).toMatch(/time since the start of the run \(s\)/);
  });

  it('tells a bar of the timeline when the pointer is on it', async () => {
    const { page } = await browser.openText(reportOf([exampleRecord({ start_ms: 0, end_ms: 140 })]).html);
    await page.locator('figure[data-chart="timeline"] .mark-streaming rect').hover({ force: true });
    await expect
      .poll(() => page.locator('figure[data-chart="timeline"] [aria-label="tip"]').textContent())
      .toMatch(/request 0: completed.*first token after 100 ms.*5 output tokens/s);
  });

  it('shows what a server or a configuration injects as text, and runs none of it', async () => {
    const failure = { kind: 'http-status', status: 500, detail: ATTACK } as const;
    const { html } = reportOf([exampleRecord({ model: ATTACK }), exampleFailure({ model: ATTACK, failure })], {
      args: { url: ATTACK, [ATTACK]: { nested: ATTACK } },
      notes: [ATTACK],
      validity: { verdict: ATTACK, reasons: [ATTACK] },
      thresholds: [{ metric: ATTACK, expression: ATTACK, ok: true }],
    });
    const { page, complaints, requests } = await browser.openText(html);
    expect(await page.evaluate('globalThis.injected')).toBeUndefined();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
    const shown = ATTACK.replace('\u202e', '\\u202e');
    expect(await page.locator('h1').textContent()).toBe(shown);
    expect(await page.locator('[data-table="failures"] code').textContent()).toBe(shown);
    expect(await page.locator('section#notes li').textContent()).toBe(shown);
    expect([complaints, requests]).toEqual([[], []]);
  });

  it('has a policy that lets no other script run and nothing be sent', async () => {
    const { page } = await browser.openText(reportOf(exampleRun(10)).html);
    const outcome = await page.evaluate(`(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.injected = 1';
      document.body.append(script);
      const image = new Image();
      const blocked = new Promise((resolve) => {
        image.onerror = () => resolve('blocked');
        image.onload = () => resolve('loaded');
      });
      image.src = 'http://127.0.0.1:9/x.png';
      const fetched = await fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'blocked');
      return { ran: globalThis.injected === 1, image: await blocked, fetched };
    })()`);
    expect(outcome).toEqual({ ran: false, image: 'blocked', fetched: 'blocked' });
    const policy = await page.locator('meta[http-equiv]').getAttribute('content');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("script-src 'unsafe-inline'");
  });

  it('stays small with 100,000 requests, in the file and on the page', async () => {
    const { data, html } = reportOf(exampleRun(100_000, 8));
    expect(data.timeline.total).toBe(100_000);
    expect(html.length).toBeLessThan(1_000_000);
    const { page, complaints } = await browser.openText(html);
    const bars = data.timeline.start_ms.length;
    expect(bars).toBeGreaterThan(1200);
    expect(bars).toBeLessThanOrEqual(2500);
    const waiting = await countMarks(page, 'timeline', '.mark-waiting rect');
    const failed = await countMarks(page, 'timeline', '.mark-failed rect');
    expect(waiting + failed).toBe(bars);
    expect(await page.evaluate("document.querySelectorAll('*').length")).toBeLessThan(15_000);
    expect(await page.locator('figure[data-chart="timeline"] figcaption').textContent()).toContain(
      'of 100,000 requests',
    );
    expect(complaints).toEqual([]);
  });

  it('says what is missing where a run has nothing to draw', async () => {
    const { page, complaints } = await browser.openText(reportOf([]).html);
    expect(await page.locator('figure[data-chart="distributions"]').textContent()).toContain(
      'No request was completed.',
    );
    expect(await page.locator('figure svg').count()).toBe(0);
    expect(complaints).toEqual([]);
    const failures = await browser.openText(reportOf([exampleFailure(), exampleFailure({ index: 1 })]).html);
    expect(await countMarks(failures.page, 'timeline', '.mark-failed rect')).toBe(2);
    expect(failures.complaints).toEqual([]);
  });

  it('draws runs without streaming', async () => {
    const whole = {
      stream: false,
      ttft_ms: null,
      first_output_ms: null,
      first_choices_ms: null,
      first_content_ms: null,
    };
    const records = [0, 1, 2].map((index) =>
      exampleRecord({ ...whole, index, chunk_gaps_ms: [], chunks: null, tpot_ms: null }),
    );
    const { page, complaints } = await browser.openText(reportOf(records).html);
    expect(await countMarks(page, 'timeline', '.mark-whole rect')).toBe(3);
    expect(await page.locator('figure[data-chart="itl-position"]').textContent()).toContain('No gaps');
    expect(complaints).toEqual([]);
  });

  it('fits a phone, follows dark mode, and prints light', async () => {
    const { html } = reportOf(exampleRun(60));
    const phone = { viewport: { width: 360, height: 740 }, colorScheme: 'dark' } as const;
    const { page, complaints } = await browser.openText(html, phone);
    const background = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await background()).toBe('rgb(17, 22, 28)');
    await page.emulateMedia({ media: 'print' });
    expect(await background()).toBe('rgb(255, 255, 255)');
    const text = (): Promise<string> => page.evaluate('getComputedStyle(document.body).color');
    expect(await text()).toBe('rgb(27, 36, 48)');
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    expect(complaints).toEqual([]);
  });

  it('draws charts again when the window gets another width', async () => {
    const { page } = await browser.openText(reportOf(exampleRun(20)).html);
    const width = (): Promise<string | null> =>
      page.locator('figure[data-chart="throughput"] svg').first().getAttribute('width');
    const before = Number(await width());
    await page.setViewportSize({ width: 800, height: 900 });
    await expect.poll(async () => Number(await width())).toBeLessThan(before);
  });

  it('shows a sweep with its Pareto fronts and every metric against the load', async () => {
    const point = (parallel: number, tokens: number, latency: number): SweepPoint => ({
      parallel,
      number: 10 * parallel,
      rate: null,
      summary: { ...QUICK_START_SUMMARY, concurrency: parallel, output_tokens_per_s: tokens, latency_avg_ms: latency },
    });
    // 16 brings less than 8 and takes longer: the only point that another one beats.
    const points = [point(1, 300, 700), point(4, 900, 800), point(8, 1200, 1000), point(16, 1100, 1900)];
    const context = {
      version: '0.0.0',
      model: ATTACK,
      startedAt: '2026-03-01T12:00:00.000Z',
      notes: [],
      args: { url: 'http://127.0.0.1/v1', dataset: 'openqa' },
    };
    const { page, complaints, requests } = await browser.openText(renderSweepReport(points, context, ASSETS));
    expect(await countMarks(page, 'throughput-latency', '.mark-front circle')).toBe(3);
    expect(await countMarks(page, 'throughput-latency', '.mark-beaten circle')).toBe(1);
    // All points have the quick start's TPOT, so only the highest throughput is on that front.
    expect(await countMarks(page, 'throughput-user', '.mark-front circle')).toBe(1);
    expect(await countMarks(page, 'load-output-tokens', '[aria-label="dot"] circle')).toBe(4);
    expect(await countMarks(page, 'load-ttft', '[aria-label="dot"] circle')).toBe(12);
    expect(await countMarks(page, 'load-ttft', '[aria-label="line"] path')).toBe(3);
    expect(await page.locator('[data-table="points"] tbody tr').count()).toBe(4);
    expect(await page.locator('h1').textContent()).toContain('</script>');
    expect(await page.locator('figure[data-chart="load-client-lag"]').textContent()).toContain('Not measured.');
    expect([complaints, requests]).toEqual([[], []]);
  });

  it.each([
    ['perf_report', 15],
    ['sweep_report', 12],
  ])('is shipped as an example that opens: %s', async (name, charts) => {
    const { page, complaints, requests } = await browser.openFile(join('docs', 'examples', `${name}.html`));
    expect(await page.locator('figure[data-chart] svg').count()).toBe(charts);
    expect([complaints, requests]).toEqual([[], []]);
  });

  it('lies beside the results of every run, without its key', async () => {
    const outputs = mkdtempSync(join(tmpdir(), 'html-report-'));
    const flags = ['--number', '4', '--api-key', 'sk-very-secret', '--outputs-dir', outputs, '--no-timestamp'];
    const child = spawn(process.execPath, ['dist/node/cli.js', 'quickstart', ...flags], { stdio: 'ignore' });
    expect((await once(child, 'close'))[0]).toBe(0);
    const path = join(outputs, 'qwen2.5', 'perf_report.html');
    expect(readFileSync(path, 'utf8')).not.toContain('sk-very-secret');
    const { page, complaints, requests } = await browser.openFile(path);
    expect(await countMarks(page, 'timeline', '.mark-streaming rect')).toBe(4);
    expect(await page.locator('h1').textContent()).toBe('qwen2.5');
    expect([complaints, requests]).toEqual([[], []]);
  });
});
