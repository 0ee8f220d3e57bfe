import { type Calibration, plusMinus } from '../../calibrate/calibration.ts';
import { calibrationPath, describeMachine, storeCalibration } from '../../calibrate/node-calibration-file.ts';
import { CHECKED_METRICS, type ErrorSummary } from '../../calibrate/truth-errors.ts';
import { HEADLINE_NAMES } from '../../report/html/headline-names.ts';
import { ConfigError } from '../../shared/errors.ts';
import { formatCount } from '../../shared/format-count.ts';
import { whyNotWritable } from '../../shared/node-files.ts';
import { showPath } from '../../shared/show-word.ts';
import type { Command, CommandHelp } from '../command.ts';
import { chooseEngine } from '../run/find-k6.ts';
import { measureAccuracy } from '../run/measure-accuracy.ts';
import { forPrograms } from '../support/fit-terminal.ts';
import { CommandError } from '../support/output.ts';
import { CALIBRATE_FLAGS, parseCalibrateFlags } from './calibrate-flags.ts';

/** A server later than this against its own plan shows that the machine cannot keep the pace. */
const LATE_SERVER_MS = 10;

const HELP: CommandHelp = {
  usage: 'k6-llm-perf calibrate [--parallel 64] [--tokens-per-s 50] [--engine NAME]',
  examples: [
    'k6-llm-perf calibrate',
    'k6-llm-perf calibrate --parallel 16 --tokens-per-s 100 --engine k6',
    'k6-llm-perf calibrate --no-store --json',
  ],
  about:
    "Measures the tool's own error on this machine: starts the mock server at the load that is planned, runs an engine against it, and compares what was measured with what the mock knows it did. The error is kept in a file of the user, and later runs on this machine in the same engine print it as ± below their tables.",
  flags: CALIBRATE_FLAGS.specs,
};

const run: Command['run'] = async (args, process) => {
  const { options, problems } = parseCalibrateFlags(args);
  if (problems.length > 0) throw new ConfigError(problems);
  const { parallel, tokensPerS } = options;
  const keptIn = calibrationPath(process.env);
  const whyNot = options.noStore ? null : whyNotWritable(keptIn);
  if (whyNot !== null) {
    throw new CommandError(
      `the result cannot be kept: ${showPath(keptIn)}: ${whyNot}\n  try: --no-store, or another folder in XDG_CONFIG_HOME`,
    );
  }
  const chosen = await chooseEngine(options.engine, process.env, (reason) =>
    process.stderr.write(`engine: node, since ${reason}\n`),
  );
  const engine = chosen.name;
  process.stderr.write(
    `calibrating ${engine}: ${formatCount(options.requests, 'request')}, ${parallel} at a time, ${tokensPerS} tokens/s each\n`,
  );
  const { requests, errors, sending, server_late_p99_ms } = await measureAccuracy({
    ...options,
    k6Path: chosen.name === 'k6' ? chosen.path : null,
    cwd: process.cwd(),
  });
  const calibration: Calibration = {
    engine,
    parallel,
    tokens_per_s: tokensPerS,
    requests,
    measured_at: new Date().toISOString(),
    errors,
  };
  if (server_late_p99_ms > LATE_SERVER_MS) {
    process.stderr.write(
      `this machine does not keep that pace: the mock server was up to ${server_late_p99_ms.toFixed(1)} ms late (p99)\n`,
    );
  }
  if (options.json) {
    const result = { ...describeMachine(), ...calibration, sending, server_late_p99_ms };
    process.stdout.write(forPrograms(`${JSON.stringify(result)}\n`));
  } else {
    process.stdout.write(renderCalibration(calibration, sending));
  }
  if (!options.noStore) process.stderr.write(`${store(process.env, calibration)}\n`);
  return 0;
};

export const command: Command = { help: HELP, run };

/** @returns what became of it: what was measured is on the terminal in any case */
function store(environment: Readonly<Record<string, string | undefined>>, calibration: Calibration): string {
  try {
    return `kept in ${storeCalibration(environment, calibration)}`;
  } catch (error) {
    return `the result could not be kept: ${(error as Error).message}`;
  }
}

function renderCalibration(
  { errors, engine, parallel, tokens_per_s, requests }: Calibration,
  sending: ErrorSummary,
): string {
  const cell = (value: number): string => value.toFixed(3).padStart(10);
  const rows = CHECKED_METRICS.map((metric) => {
    const { median_ms, p99_ms, max_ms } = errors[metric];
    return `${HEADLINE_NAMES[metric].short.padEnd(10)}${cell(median_ms)}${cell(p99_ms)}${cell(max_ms)}`;
  });
  return [
    `Error of ${engine} on this machine, ${formatCount(requests, 'request')}, ${formatCount(parallel, 'stream')} of ${tokens_per_s} tokens/s, milliseconds:`,
    '',
    `${''.padEnd(10)}${['median', 'p99', 'max'].map((title) => title.padStart(10)).join('')}`,
    ...rows,
    '',
    `TTFT ${plusMinus(errors.ttft)}, TPOT ${plusMinus(errors.tpot)}, ITL ${plusMinus(errors.itl)} (median; p99 in parentheses)`,
    `TTFT and latency hold ${sending.median_ms.toFixed(1)} ms (p99 ${sending.p99_ms.toFixed(1)}) of connecting and sending, which is not an error.`,
    '',
  ].join('\n');
}
