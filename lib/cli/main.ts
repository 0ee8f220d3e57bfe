#!/usr/bin/env node
import { runCli } from './run-cli.ts';

// A reader such as `head` may close the pipe early; the shell's number for that is 128 + SIGPIPE.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(141);
});
process.exitCode = await runCli(process.argv.slice(2), process);
