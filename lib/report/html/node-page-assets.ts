import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageAssets } from './render-page.ts';

let loaded: { readonly folder: string; readonly assets: PageAssets } | null = null;

/** Reads script and style of the pages as the build left them, once. */
export function loadPageAssets(folder: string): PageAssets {
  if (loaded?.folder === folder) return loaded.assets;
  const script = readFileSync(join(folder, 'page.js'), 'utf8').trim();
  const style = readFileSync(join(folder, 'style.css'), 'utf8').trim();
  const scriptHash = createHash('sha256').update(script).digest('base64');
  loaded = { folder, assets: { script, style, scriptHash } };
  return loaded.assets;
}
