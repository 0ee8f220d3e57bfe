import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A Chromium, from `CHROMIUM_BIN` or the PATH; null where there is none. */
export const CHROMIUM_PATH = findChromium();

function findChromium(): string | null {
  const given = process.env['CHROMIUM_BIN'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = given ? [given] : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a group of tests in a real browser; where there is none, the group is skipped and says so. */
export function describeChromium(name: string, tests: () => void): void {
  if (CHROMIUM_PATH === null) {
    console.warn(`SKIPPED, NOT PASSED: "${name}" needs a Chromium on the PATH or in CHROMIUM_BIN`);
    describe.skip(`${name} [SKIPPED, no Chromium on the PATH or in CHROMIUM_BIN]`, tests);
  } else {
    describe(name, tests);
  }
}
