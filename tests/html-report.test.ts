import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildComparison } from '../lib/compare/comparison.ts';
import { renderComparisonHtml } from '../lib/compare/render-html.ts';
import { traceCurves } from '../lib/compare/run-curves.ts';
import { createFactCollector } from '../lib/compare/run-facts.ts';
import { parseRegressionGates } from '../lib/conditions/differences.ts';
import { renderPage } from '../lib/report/html/render-page.ts';
import type { SweepPagePoint } from '../lib/report/html/report-data.ts';
import { resampleRun } from '../lib/stats/resample-run.ts';
import { createRunDataBuilder } from '../lib/stats/run-data.ts';
import { exampleFailure, exampleRecord } from './fixtures/example-record.ts';
import { QUICK_START_SUMMARY } from './fixtures/example-summary.ts';
import { describeChromium } from './support/chromium.ts';
import { countMarks, listScrolledTables, type ReportBrowser, startReportBrowser } from './support/report-page.ts';
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
    expect(await marks('token-rate', '.mark-tokens rect')).toBe(windows);
    expect(await marks('in-flight', '[aria-label="line"] path')).toBe(1);
    const measured = data.series.lag_max_ms.filter((lag) => lag !== null).length;
    expect(await marks('client-lag', '.mark-lag rect')).toBe(measured);
    // 54 gaps at each place are too few for p99.
    expect(await marks('itl-position', '[aria-label="line"] path')).toBe(2);
    expect(await marks('ttft-input', '[aria-label="dot"] circle')).toBe(54);
    expect(await page.locator('[data-table="percentiles"] tbody tr').count()).toBe(10);
    expect(await listScrolledTables(page)).toEqual([]);
    expect(await page.locator('[data-table="thresholds"] tbody tr').allTextContents()).toEqual([
      expect.stringMatching(/passedllm_ttft: p\(95\)<400240\+40 %/),
      expect.stringMatching(/crossedllm_request_failed: rate<0.010.110 times the limit/),
    ]);
    expect(await page.locator('[data-table="failures"] tbody tr').textContent()).toMatch(
      /http-status610.0 %500HTTP 500/,
    );
    expect(await page.locator('[data-table="configuration"]').textContent()).toContain('**********');
    expect(await page.locator('[data-tile="Success rate"] strong').textContent()).toBe('90.0 %');
    const drawn = await page
      .locator('figure[data-chart]')
      .evaluateAll((figures) => figures.map((figure) => figure.querySelectorAll('.plot svg').length));
    expect(drawn).toEqual(new Array(17).fill(1));
    expect(await page.locator('header .badge').allTextContents()).toEqual(['✓ VALID', '✗ 1 of 2 thresholds crossed']);
    expect(await page.locator('header .reasons li').allTextContents()).toEqual([
      'Crossed: llm_request_failed: rate<0.01: 0.1, margin 10 times the limit',
    ]);
    expect([complaints, requests]).toEqual([[], []]);
  });

  it('names both axes of every chart, with their unit, and tells values under the pointer', async () => {
    const { page } = await browser.openText(reportOf(exampleRun(60)).html);
    const labels = await listAxisLabels(page);
    expect(labels).toHaveLength(17);
    for (const text of labels) expect(text).toMatch(/→/);
    for (const text of labels) expect(text).toMatch(/↑/);
    expect(labels.join('\n')).toMatch(/TTFT \(ms\)/);
    expect(labels.join('\n')).toMatch(/time since the start of the run \(s\)/);
    expect(await listHoveredValues(page)).toEqual(new Array(17).fill(expect.stringMatching(/\d/)));
  });

  it('tells a bar of the timeline under the pointer, and at the top why a measurement is not to be believed', async () => {
    const validity = { verdict: 'SUSPECT', reasons: ['the client lagged by 3 ms', 'and its CPU was busy'] };
    const { html } = reportOf([exampleRecord({ start_ms: 0, end_ms: 140 })], { validity });
    const { page } = await browser.openText(html);
    expect(await page.locator('header .badge').allTextContents()).toEqual(['! SUSPECT']);
    expect(await page.locator('header .reasons li').allTextContents()).toEqual([
      'SUSPECT: the client lagged by 3 ms',
      'SUSPECT: and its CPU was busy',
    ]);
    await page.locator('figure[data-chart="timeline"] .mark-streaming rect').hover({ force: true });
    await expect
      .poll(() => page.locator('figure[data-chart="timeline"] [aria-label="tip"]').textContent())
      .toMatch(/request 0: completed.*first token after 100 ms.*5 output tokens/s);
  });

  it('lists the slowest and the failed requests, and sorts them by a click on a header', async () => {
    const detail = `<b>${ATTACK}</b>`;
    const records = [...exampleRun(60)];
    for (let index = 60; index < 300; index++) {
      const failure = { kind: 'http-status', status: index === 70 ? 429 : 500, detail } as const;
      records.push(exampleFailure({ index, start_ms: 10_000 + index, end_ms: 10_050 + index, failure }));
    }
    const { page, complaints } = await browser.openText(reportOf(records).html);
    const column = (table: string, place: number): Promise<string[]> =>
      page.locator(`[data-table="${table}"] tbody tr td:nth-child(${place})`).allTextContents();
    const sortBy = (table: string, name: string): Promise<void> =>
      page.locator(`[data-table="${table}"] th button`, { hasText: name }).click();
    const latencies = (await column('slowest', 5)).map(Number.parseFloat);
    expect(latencies).toHaveLength(20);
    expect(latencies).toEqual([...latencies].sort((a, b) => b - a));
    await sortBy('slowest', 'TTFT');
    const times = (await column('slowest', 3)).map(Number.parseFloat);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    await sortBy('slowest', 'TTFT');
    expect((await column('slowest', 3)).map(Number.parseFloat)).toEqual([...times].reverse());
    // Six of the example run, and 240 more.
    expect(await page.locator('section#requests').textContent()).toContain('The first 200 of 246 failed requests');
    expect(await column('failed', 1)).toHaveLength(200);
    await sortBy('failed', 'Status');
    await sortBy('failed', 'Status');
    expect((await column('failed', 1))[0]).toBe('70');
    expect((await column('failed', 4))[0]).toBe('http-status');
    expect((await column('failed', 6))[0]).toBe(detail.replace('\u202e', '\\u202e'));
    expect(await page.locator('section#requests b').count()).toBe(0);
    expect(complaints).toEqual([]);
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

  it('stays small with 20,000 requests, and draws every one of those under way in its windows', async () => {
    const { data, html } = reportOf(exampleRun(20_000, 8, 24));
    expect(html.length).toBeLessThan(1_000_000);
    const { page, complaints } = await browser.openText(html);
    expect(data.timeline.windows).toHaveLength(4);
    for (const [i, { index, outcome, title }] of data.timeline.windows.entries()) {
      const id = i === 0 ? 'timeline' : `timeline-${i + 1}`;
      const failed = outcome.filter((kind) => kind === 'http-status').length;
      expect(await countMarks(page, id, '.mark-failed rect')).toBe(failed);
      // A bar that the window cuts has one of its parts outside.
      const waiting = await countMarks(page, id, '.mark-waiting rect');
      expect(waiting).toBeGreaterThan(index.length - failed - 24);
      expect(waiting).toBeLessThanOrEqual(index.length - failed);
      expect(await page.locator(`figure[data-chart="${id}"] figcaption`).textContent()).toContain(
        `${title}${index.length} of 20,000 requests, all that were under way`,
      );
      const ticks = await page
        .locator(`figure[data-chart="${id}"] [aria-label="y-axis tick label"] text`)
        .allTextContents();
      expect(ticks).toContain('20');
    }
    expect(await page.evaluate("document.querySelectorAll('*').length")).toBeLessThan(15_000);
    expect(complaints).toEqual([]);
  });

  it('says what is missing where a run has nothing to draw', async () => {
    const { page, complaints } = await browser.openText(reportOf([]).html);
    expect(await page.locator('figure[data-chart="distributions"]').textContent()).toContain(
      'No request was completed.',
    );
    expect(await page.locator('figure svg').count()).toBe(0);
    expect(complaints).toEqual([]);
    // The share is of the requests that were not cancelled, as in the success rate.
    const left = exampleRecord({ index: 2, outcome: 'cancelled' });
    const failures = await browser.openText(reportOf([exampleFailure(), exampleFailure({ index: 1 }), left]).html);
    expect(await countMarks(failures.page, 'timeline', '.mark-failed rect')).toBe(2);
    expect(await failures.page.locator('[data-table="failures"] tbody tr').textContent()).toContain(
      'http-status2100 %',
    );
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

  it('shows a sweep with its verdicts, its Pareto fronts and every metric against the load', async () => {
    const point = (parallel: number, tokens: number, latency: number, ok = true): SweepPagePoint => ({
      varies: 'parallel',
      parallel,
      rate: null,
      number: 10 * parallel,
      folder: `parallel_${parallel}_number_${10 * parallel}`,
      meets_thresholds: ok,
      crossed: ok ? [] : ['p99(ttft)<450', ATTACK],
      validity: parallel === 8 ? { verdict: 'SUSPECT', reasons: ['a reason'] } : { verdict: 'VALID', reasons: [] },
      summary: { ...QUICK_START_SUMMARY, concurrency: parallel, output_tokens_per_s: tokens, latency_avg_ms: latency },
    });
    // 16 brings less than 8 and takes longer: the only point that another one beats.
    const points = [point(1, 300, 7000), point(4, 900, 7100), point(8, 1200, 7200), point(16, 1100, 7300, false)];
    const html = renderPage(
      {
        ...{ kind: 'sweep', model: ATTACK, started_at: '2026-03-01T12:00:00.000Z', points, notes: [] },
        ...{ results: [ATTACK], args: { url: 'http://127.0.0.1/v1', dataset: 'openqa' } },
      },
      ASSETS,
    );
    const { page, complaints, requests } = await browser.openText(html);
    expect(await countMarks(page, 'throughput-latency', '.mark-front circle')).toBe(3);
    expect(await countMarks(page, 'throughput-latency', '.mark-beaten circle')).toBe(1);
    // All points have the quick start's TPOT, so only the highest throughput is on that front.
    expect(await countMarks(page, 'throughput-user', '.mark-front circle')).toBe(1);
    expect(await countMarks(page, 'load-output-tokens', '[aria-label="dot"] circle')).toBe(4);
    expect(await countMarks(page, 'load-ttft', '[aria-label="dot"] circle')).toBe(12);
    expect(await countMarks(page, 'load-ttft', '[aria-label="line"] path')).toBe(3);
    expect(await page.locator('h1').textContent()).toContain('</script>');
    expect(await page.locator('figure[data-chart="load-client-lag"]').textContent()).toContain('Not measured.');
    expect(await page.locator('header .badge').allTextContents()).toEqual([
      ...['✓ VALID', '! SUSPECT', '✗ gates crossed at 1 of 4 points'],
    ]);
    expect((await page.locator('header .reasons li').allTextContents())[0]).toBe('parallel 8: SUSPECT: a reason');
    expect(await listScrolledTables(page)).toEqual([]);
    expect((await page.locator('header .reasons li').allTextContents())[1]).toMatch(
      /^parallel 16: crossed: p99\(ttft\)</,
    );
    const rows = page.locator('[data-table="points"] tbody tr');
    expect((await rows.allTextContents()).map((text) => text.slice(0, 20))).toEqual([
      ...['1✓ VALID✓ passed', '4✓ VALID✓ passed', '8! SUSPECT✓ passed', '16✓ VALID✗ 2 crossed'].map((text) =>
        expect.stringContaining(text),
      ),
    ]);
    expect(await rows.locator('a').first().getAttribute('href')).toBe('parallel_1_number_10/perf_report.html');
    // The latencies lie within 5 %, so the axis does not begin at 0, and the front is not an upright line.
    const place = (nth: number): Promise<string | null> =>
      page.locator('figure[data-chart="throughput-latency"] .mark-front circle').nth(nth).getAttribute('cx');
    expect(Number(await place(2)) - Number(await place(0))).toBeGreaterThan(100);
    expect(await listHoveredValues(page)).toEqual(new Array(11).fill(expect.stringMatching(/\d/)));
    expect([complaints, requests]).toEqual([[], []]);
  });

  it('draws how much repeated runs differ, and leads to the report of each', async () => {
    const run = (at: number) => ({
      ...{ parallel: 2, rate: null, number: 10, folder: at === 3 ? null : `run_${at}`, crossed: [] },
      ...{ meets_thresholds: null, validity: { verdict: 'VALID' as const, reasons: [] }, summary: QUICK_START_SUMMARY },
    });
    const value = (at: number, mean: number) => ({ run: at, value: mean, low: mean - 1, high: mean + 1 });
    const ttft = {
      ...{ name: 'ttft_avg_ms', title: 'TTFT, mean (ms)', mean: 20, low: 17.5, high: 22.5, cv: 0.05 },
      runs: [value(1, 19), value(2, 20), { ...value(3, 21), low: null }],
    };
    const html = renderPage(
      {
        ...{ kind: 'repeats', model: ATTACK, started_at: null, notes: [], args: {}, results: [ATTACK] },
        ...{
          runs: [run(1), run(2), run(3)],
          spread: [ttft, { ...ttft, name: 'one', low: null, runs: [value(2, 20)] }],
        },
      },
      ASSETS,
    );
    const { page, complaints, requests } = await browser.openText(html);
    const chart = page.locator('figure[data-chart="spread-ttft_avg_ms"]');
    expect(await chart.locator('figcaption p').textContent()).toBe(
      'Each run with the 95 % interval within it. The line is the mean, 20, the band its 95 % interval; cv 5.0\u00a0%.',
    );
    expect(await countMarks(page, 'spread-ttft_avg_ms', '[aria-label="dot"] circle')).toBe(3);
    // The mean, and the intervals of the two runs that have one.
    expect(await countMarks(page, 'spread-ttft_avg_ms', '[aria-label="rule"] line')).toBe(3);
    expect(await countMarks(page, 'spread-one', '[aria-label="rect"] rect')).toBe(0);
    const links = (place: string) =>
      page
        .locator(`${place} a`)
        .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('href') ?? node.getAttribute('xlink:href')));
    const reports = ['run_1/perf_report.html', 'run_2/perf_report.html'];
    expect(await links('[data-table="runs"]')).toEqual(reports);
    expect(await links('[data-chart="spread-ttft_avg_ms"]')).toEqual(reports);
    expect([complaints, requests]).toEqual([[], []]);
  });

  it('draws a search: each gate against the load, with intervals, the limit and the answer', async () => {
    const probe = (load: number, value: number, side: string) => ({
      load,
      value,
      low: value - 5,
      high: value + 5,
      side,
    });
    const chart = {
      ...{ title: ATTACK, unit: 'ms', axis: 'concurrency', limit: 50, answer: { low: 4, high: 5 } },
      points: [probe(1, 20, 'holds (a look)'), probe(4, 40, 'holds'), { ...probe(8, 80, 'crossed'), low: null }],
    };
    const html = renderPage(
      {
        ...{ kind: 'sweep', model: 'm', started_at: null, points: [], notes: [], results: [], args: {} },
        search: [chart, { ...chart, limit: null, answer: null, points: [] }],
      },
      ASSETS,
    );
    const { page, complaints } = await browser.openText(html);
    expect(await countMarks(page, 'search-0', '[aria-label="dot"] circle')).toBe(3);
    // The limit, and the intervals of the two probes that have one.
    expect(await countMarks(page, 'search-0', '[aria-label="rule"] line')).toBe(3);
    expect(await countMarks(page, 'search-0', '[aria-label="rect"] rect')).toBe(1);
    expect(await page.locator('figure[data-chart="search-1"]').textContent()).toContain('No probe has a value.');
    expect(complaints).toEqual([]);
  });

  it('draws a comparison with the same charts, and marks what lies beyond the axis', async () => {
    const run = (name: string, scale: number) => {
      const sampler = createRunDataBuilder();
      for (const record of exampleRun(200)) {
        const { ttft_ms, latency_ms } = record;
        sampler.add({ ...record, ttft_ms: ttft_ms && ttft_ms * scale, latency_ms: latency_ms && latency_ms * 1.02 });
      }
      const sample = sampler.build();
      const options = { seed: 1, replicates: 100, percentileRule: 'quick-start', percentiles: [50, 99] } as const;
      const facts = { ...NO_FACTS, model: ATTACK };
      const counts = { requests: 200, completed: 180, runs: 1, notes: [ATTACK] };
      return { ...counts, name, facts, resampled: resampleRun(sample, options), curves: traceCurves(sample) };
    };
    const { gates } = parseRegressionGates(['mean(ttft)>+5%', 'mean(tpot)>+50%']);
    const comparison = buildComparison({ point: null, base: run(ATTACK, 1), next: run('new', 12) }, gates);
    const html = renderComparisonHtml({ comparisons: [comparison], seed: 1, replicates: 100, notes: [ATTACK] }, ASSETS);
    const { page, complaints, requests } = await browser.openText(html, { viewport: { width: 400, height: 800 } });
    expect(await page.locator('header .badge').allTextContents()).toEqual(['✗ 1 gate failed', '✓ 1 gate passed']);
    expect(await page.locator('header .reasons li').allTextContents()).toEqual([
      expect.stringContaining('failed: mean(ttft)>+5%: '),
    ]);
    const changes = comparison.numbers.filter(({ relative }) => relative !== null && relative.low !== null);
    expect(await countMarks(page, 'changes', '.mark-interval line')).toBe(changes.length);
    // Twelve times the time to the first token, mean and p50: of 180 requests, p99 has no interval.
    const beyond = await page.locator('figure[data-chart="changes"] .mark-beyond text').allTextContents();
    expect(beyond).toEqual(['+1100 % ▶', '+1100 % ▶']);
    expect(await countMarks(page, 'ttft-ecdf', '[aria-label="line"] path')).toBe(2);
    expect(await listHoveredValues(page)).toEqual(new Array(10).fill(expect.stringMatching(/\d/)));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400);
    expect(await page.evaluate('globalThis.injected')).toBeUndefined();
    expect(await page.locator('h2').first().textContent()).toContain('</script>');
    expect([complaints, requests]).toEqual([[], []]);
  });

  it.each([
    ['perf_report', 23],
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
    const machine = await page.locator('[data-table="machine"]').textContent();
    expect(machine).toContain(`Node${process.version}`);
    expect(machine).toMatch(/CPU cores\d+$/);
    expect([complaints, requests]).toEqual([[], []]);
  });
});

const NO_FACTS = createFactCollector().build({ args: null, datasets: [], vus: null });

function listAxisLabels(page: Page): Promise<string[]> {
  return page
    .locator('figure[data-chart]')
    .evaluateAll((figures) =>
      figures.map((figure) =>
        [...figure.querySelectorAll('[aria-label$="axis label"]')].map((label) => label.textContent).join(' '),
      ),
    );
}

/** Moves the pointer over the middle of each chart, and to its bars and dots, until it tells a value. */
function listHoveredValues(page: Page): Promise<string[]> {
  return page.evaluate(`(async () => {
    const told = [];
    for (const drawing of document.querySelectorAll('figure[data-chart] .plot svg')) {
      const text = () => drawing.querySelector('[aria-label="tip"]')?.textContent ?? '';
      for (const mark of [drawing, ...drawing.querySelectorAll('rect, circle')].slice(0, 8)) {
        const { x, y, width, height } = mark.getBoundingClientRect();
        const place = { clientX: x + width / 2, clientY: y + height / 2, pointerType: 'mouse', bubbles: true };
        drawing.dispatchEvent(new PointerEvent('pointerenter', place));
        drawing.dispatchEvent(new PointerEvent('pointermove', place));
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (text() !== '') break;
      }
      told.push(text());
    }
    return told;
  })()`);
}
