// Builds after an install from git, and before a package is made; not where the tools for it were left out.
import { existsSync } from 'node:fs';

/** `npx` in a checkout links the package, and npm prepares what it links: the user who ran a build does not wait for another. */
const isBuilt = process.env.npm_command === 'exec' && existsSync('dist/node/cli.js');
if (existsSync('node_modules/esbuild') && !isBuilt) await import('./esbuild.config.mjs');
