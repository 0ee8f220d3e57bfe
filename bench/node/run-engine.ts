// Runs a bundle in the Node engine. Arguments: bundle, then settings as NAME=value. The first run warms up and is not counted.
import { runBundle } from '../../lib/engine/index.ts';

const DEFAULTS = { MODEL: 'bench', PARALLEL: '1', NO_TEST_CONNECTION: 'true' };

const [bundlePath = '', ...settings] = process.argv.slice(2);
const given = Object.fromEntries(settings.map((setting) => [setting.split('=', 1)[0], setting.replace(/^[^=]*=/, '')]));
const env = { ...DEFAULTS, ...given };

async function run(changes: Readonly<Record<string, string>>): Promise<void> {
  let said = '';
  const quiet = {
    write: (text: string) => {
      said += text;
    },
  };
  const { exitCode } = await runBundle({ bundlePath, env: { ...env, ...changes }, stdout: quiet, stderr: quiet });
  if (exitCode !== 0) throw new Error(`the run ended with ${exitCode}: ${said}`);
}

if (env['WARM_UP'] !== 'false') await run({ NUMBER: '1', PARALLEL: '1' });
const cpu = process.cpuUsage();
const started = performance.now();
await run({});
const wallMs = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(`${JSON.stringify({ wall_ms: wallMs, cpu_ms: (user + system) / 1000 })}\n`);
