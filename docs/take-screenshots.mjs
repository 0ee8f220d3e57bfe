// Takes the pictures of docs/html-report.md from the reports in docs/examples: node docs/take-screenshots.mjs
// Needs a Chromium, from CHROMIUM_BIN or where Debian puts it.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const RUN = new URL('examples/perf_report.html', import.meta.url).href;
const SWEEP = new URL('examples/sweep_report.html', import.meta.url).href;
const DESKTOP = { viewport: { width: 1160, height: 1000 } };

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
for (const { name, url, page: options, from, height } of PICTURES) {
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
