#!/usr/bin/env node
import { runCli } from './run-cli.ts';
import { guardOutput } from './support/guard-output.ts';

const output = guardOutput(process);
// Of a process of ours that started this one with a channel: it has gone, and nobody needs this one any more.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
const exitCode = await runCli(process.argv.slice(2), process);
// Errors of the last writes are heard a turn later.
await new Promise((resolve) => setImmediate(resolve));
process.exitCode = output.finish(exitCode);
