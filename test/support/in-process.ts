/** Runs the command line inside this process: quick, for commands that need no server. */

import { Readable } from 'node:stream';
import { runCommandLine } from '../../server/cli/program.ts';
import type { CommandResult } from './command.ts';

/** @param env on top of this process's own, for the time of the run */
export async function runInProcess(
  args: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CommandResult> {
  const { exitCode } = process;
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') as PropertyDescriptor;
  const environment = { ...process.env };
  const stdout = captured(process.stdout);
  const stderr = captured(process.stderr);
  Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(input)]), configurable: true });
  Object.assign(process.env, env);
  process.exitCode = undefined;
  try {
    const code = await runCommandLine(args);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.restore();
    stderr.restore();
    Object.defineProperty(process, 'stdin', stdin);
    process.exitCode = exitCode;
    for (const name of Object.keys(env)) {
      const before = environment[name];
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    }
  }
}

function captured(stream: NodeJS.WriteStream): { text(): string; restore(): void } {
  const { write } = stream;
  let text = '';
  stream.write = (chunk: string | Uint8Array): boolean => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };
  return {
    text: () => text,
    restore() {
      stream.write = write;
    },
  };
}
