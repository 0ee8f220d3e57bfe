import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package: the sources are deeper in it than the entries in dist/node/. */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

/** The included datasets. */
export const DATASETS_DIR = join(PACKAGE_ROOT, 'datasets');

/** Script and style of the HTML reports. */
export const PAGE_DIR = join(PACKAGE_ROOT, 'dist', 'page');

/** The command line's own entry, for child processes. */
export const CLI_PATH = join(PACKAGE_ROOT, 'dist', 'node', 'cli.js');

/** What makes an API of the default export of a user's file. */
export const CUSTOM_API_PATH = join(PACKAGE_ROOT, 'dist', 'node', 'custom-api.js');

/** The k6 script of a workload. */
export function bundlePath(workload: string): string {
  return join(PACKAGE_ROOT, 'dist', `${workload}.js`);
}
