// Builds after an install from git, and before a package is made; not where the tools for it were left out.
import { existsSync } from 'node:fs';

if (existsSync('node_modules/esbuild')) await import('./esbuild.config.mjs');
