// Runs a load as the command line does, up to the start of the report. Arguments: the folder for the run, then flags of `run`.
// Prints the CPU time of this process without its children, and the name of the file with the records.

import { prepareEngine, prepareRun } from '../../lib/cli/run/perf-run.ts';
import { runLoad } from '../../lib/cli/run/run-load.ts';
import { parseFlags } from '../../lib/config/node-flags.ts';

const [folder = '', ...flags] = process.argv.slice(2);
const { env: settings, problems } = parseFlags(flags, []);
const quiet = { write: () => true };
// A terminal, so that the live line is drawn.
const output = { stdout: quiet, stderr: { ...quiet, isTTY: true, columns: 120 } };
const options = { settings, problems, passThrough: [], environment: process.env, cwd: process.cwd(), output };
const planned = prepareRun(options);
const { exitCode, recordsFile } = await runLoad(planned, await prepareEngine(planned.config, options), folder, options);
if (exitCode !== 0) throw new Error(`the run ended with ${exitCode}`);
const { user, system } = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ cpu_ms: (user + system) / 1000, file: recordsFile })}\n`);
