import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM_PATH } from './chromium.ts';

/** A page that was opened from disk, and what it complained of or asked for. */
interface OpenedPage {
  readonly page: Page;
  /** Errors of its scripts and lines on its console. */
  readonly complaints: readonly string[];
  /** Addresses it asked for, its own file left out. */
  readonly requests: readonly string[];
}

/** A browser for reports; pages are closed with it. */
export interface ReportBrowser {
  /** Writes a page to disk, opens it, and waits until its charts are drawn. */
  openText(html: string, options?: Parameters<Browser['newPage']>[0]): Promise<OpenedPage>;
  openFile(path: string, options?: Parameters<Browser['newPage']>[0]): Promise<OpenedPage>;
  close(): Promise<void>;
}

/** The sandbox of Chromium needs more rights than root has in a container. */
const ARGUMENTS = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export async function startReportBrowser(): Promise<ReportBrowser> {
  const browser = await chromium.launch({ executablePath: CHROMIUM_PATH as string, args: ARGUMENTS });
  const folder = mkdtempSync(join(tmpdir(), 'report-page-'));
  let files = 0;
  async function openFile(path: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<OpenedPage> {
    const url = pathToFileURL(resolve(path)).href;
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (request.url() !== url) requests.push(request.url());
    });
    await page.goto(url);
    await page.waitForSelector('html[data-drawn]', { state: 'attached' });
    return { page, complaints, requests };
  }
  return {
    openFile,
    openText(html, options) {
      const path = join(folder, `${++files}.html`);
      writeFileSync(path, html);
      return openFile(path, options);
    },
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The tables of a page that have to be scrolled sideways. */
export function listScrolledTables(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('.table-frame')]
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
    .map((frame) => frame.firstChild.dataset.table)`);
}

/** How many elements a selector finds inside the drawing of one chart. */
export function countMarks(page: Page, chart: string, selector: string): Promise<number> {
  return page.locator(`figure[data-chart="${chart}"] .plot ${selector}`).count();
}
