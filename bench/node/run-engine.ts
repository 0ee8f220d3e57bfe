// Runs a bundle in the Node engine. Arguments: bundle, then settings as NAME=value. The first run warms up and is not counted.
import { runBundle } from '../../lib/engine/index.ts';

const [bundlePath = '', ...settings] = process.argv.slice(2);
const OUT = process.env['BENCH_OUT'];
const env = Object.fromEntries(settings.map((setting) => [setting.split('=', 1)[0], setting.replace(/^[^=]*=/, '')]));

async function run(changes: Readonly<Record<string, string>>): Promise<void> {
  let said = '';
  const quiet = { write: (text: string) => void (said += text) };
  const { exitCode } = await runBundle({ bundlePath, env: { ...env, ...changes }, stdout: quiet, stderr: quiet, ...(OUT === undefined ? {} : { out: [`json=${OUT}`] }) });
  if (exitCode !== 0) throw new Error(`the run ended with ${exitCode}: ${said}`);
}

await run({ NUMBER: '1', PARALLEL: '1' });
const cpu = process.cpuUsage();
const started = performance.now();
await run({});
const wallMs = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(`${JSON.stringify({ wall_ms: wallMs, cpu_ms: (user + system) / 1000 })}\n`);
