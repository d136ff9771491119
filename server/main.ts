#!/usr/bin/env node
import { runCommandLine } from './cli/program.ts';

// Who reads our output may stop reading, as `| head` does: that is no failure, and no reason for a server to stop.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await runCommandLine(process.argv.slice(2));
