// Runs a simulation of this folder: `node bench/simulate.mjs power 200` is bench/simulate-power.ts with 200 trials.
import { build } from 'esbuild';

const [name, ...rest] = process.argv.slice(2);
if (!['coverage', 'drift', 'power', 'saturation', 'search'].includes(name)) {
  console.error('node bench/simulate.mjs coverage|drift|power|saturation|search [TRIALS]');
  process.exit(104);
}
const { outputFiles } = await build({
  entryPoints: [`bench/simulate-${name}.ts`],
  bundle: true,
  platform: 'node',
  format: 'esm',
  write: false,
});
process.argv = [process.argv[0], name, ...rest];
await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
