#!/usr/bin/env node
import { systemClock } from '../plugin/ports/runtime.ts';
import { runCommandLine } from './cli/program.ts';
import { waitForSignal } from './cli/signals.ts';

// Who reads our output may stop reading, as `| head` does: that is no failure, and no reason for a server to stop.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const { env, stdout, stderr } = process;
process.exitCode = await runCommandLine({
  ...{ argv: process.argv.slice(2), env, stdout, stderr, clock: systemClock },
  // Only who reads it opens it.
  get stdin() {
    return process.stdin;
  },
  untilAsked: () => waitForSignal(process),
  letGo,
});

/** Does not keep the process by itself. */
function letGo(): void {
  const isWritten = stdout.writableLength + stderr.writableLength === 0;
  setTimeout(() => (isWritten && process.exitCode !== undefined ? process.exit() : letGo()), 200).unref();
}
