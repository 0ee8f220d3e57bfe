import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a checkout keeps it; the variable gives several checkouts one. */
const FOLDER = process.env.K6_LLM_PERF_BUILD_CACHE || join('node_modules', '.cache', 'k6-llm-perf');

/**
 * Keeps on disk what a build made, under the hash of all that it was made of.
 *
 * @param {readonly string[]} makers files that say how: where one changes, all is made anew
 */
export function createBuildCache(makers) {
  const used = new Set();
  const how = makers.map((file) => readFileSync(file));
  return {
    /**
     * What `make` made of the same before, or makes now.
     *
     * @template T
     * @param {readonly unknown[]} from what it is made of, for JSON
     * @param {() => Promise<T>} make its result is for JSON
     * @returns {Promise<T>}
     */
    async take(from, make) {
      const hash = createHash('sha256');
      for (const each of [...how, JSON.stringify(from)]) hash.update(each).update('\0');
      const name = `${hash.digest('hex')}.json`;
      used.add(name);
      const path = join(FOLDER, name);
      try {
        return JSON.parse(readFileSync(path, 'utf8'));
      } catch {
        // Nothing was made of it yet, or what was made is broken.
      }
      const made = await make();
      mkdirSync(FOLDER, { recursive: true });
      // Another build may read it meanwhile.
      const written = `${path}.${process.pid}`;
      writeFileSync(written, JSON.stringify(made));
      renameSync(written, path);
      return made;
    },
    /** Takes away what was not used since the start; not from a folder that others use, too. */
    prune() {
      if (process.env.K6_LLM_PERF_BUILD_CACHE) return;
      for (const name of readdirSync(FOLDER)) if (!used.has(name)) rmSync(join(FOLDER, name));
    },
  };
}
