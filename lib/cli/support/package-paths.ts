import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The Node entries are bundled into dist/node/, two folders below the package.
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The data sets that come along. */
export const DATASETS_DIR = join(root, 'datasets');

/** Script and style of the HTML reports. */
export const PAGE_DIR = join(root, 'dist', 'page');

/** The command line's own entry, for child processes. */
export const CLI_PATH = join(root, 'dist', 'node', 'cli.js');

/** The k6 script of a workload. */
export function bundlePath(workload: string): string {
  return join(root, 'dist', `${workload}.js`);
}
