// Takes the pictures of docs/html-report.md from the reports in docs/examples: node docs/take-screenshots.mjs
// With SERVER_REPORT, the path of a report of a run with server metrics, those of the server and of goodput instead. Theirs was
//   k6-llm-perf mock --port 8000 --metrics vllm --max-running 6 --ttft-ms 180 --tpot-ms 15 --output-tokens 90 \
//     --ttft-spread 0.3 --tpot-spread 0.2 --cached-tokens 400 --status 503 --status-rate 0.03
//   k6-llm-perf run --url http://127.0.0.1:8000/v1 --engine node --stages 2@8s,12@16s,12@6s,3@10s --dataset longalpaca
// Needs a Chromium, from CHROMIUM_BIN or where Debian puts it.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const RUN = new URL('examples/perf_report.html', import.meta.url).href;
const SWEEP = new URL('examples/sweep_report.html', import.meta.url).href;
const DESKTOP = { viewport: { width: 1160, height: 1000 } };

const { SERVER_REPORT } = process.env;
const OF_SERVER = [
  { name: 'report-server', url: `file://${SERVER_REPORT}`, page: DESKTOP, from: '#server', height: 930 },
  { name: 'report-goodput', url: `file://${SERVER_REPORT}`, page: DESKTOP, from: '#goodput', height: 1010 },
];
const PICTURES = [
  { name: 'report-overview', url: RUN, page: DESKTOP, from: 'header', height: 960 },
  { name: 'report-distributions', url: RUN, page: DESKTOP, from: '#distributions', height: 760 },
  { name: 'report-timeline-dark', url: RUN, page: { ...DESKTOP, colorScheme: 'dark' }, from: '#time', height: 900 },
  { name: 'report-phone', url: RUN, page: { viewport: { width: 390, height: 844 } }, from: 'header', height: 844 },
  { name: 'report-sweep', url: SWEEP, page: DESKTOP, from: '#points', height: 1200 },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
for (const { name, url, page: options, from, height } of SERVER_REPORT === undefined ? PICTURES : OF_SERVER) {
  const page = await browser.newPage(options);
  await page.goto(url);
  await page.waitForSelector('html[data-drawn]', { state: 'attached' });
  const { y } = await page.locator(from).boundingBox();
  const path = fileURLToPath(new URL(`images/${name}.png`, import.meta.url));
  const top = Math.max(0, Math.floor(y) - 16);
  await page.screenshot({ path, fullPage: true, clip: { x: 0, y: top, width: options.viewport.width, height } });
  await page.close();
}
await browser.close();
