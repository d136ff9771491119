/** Runs the command line as a person does: in a process of its own, from the sources. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import sinon from 'sinon';
import { runCommandLine } from '../../server/cli/program.ts';
import { projectPath } from '../../server/paths.ts';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Resolved here, because a command may run in any folder. */
const TSX = import.meta.resolve('tsx');

/** @param environment on top of nothing but PATH
 *  @param cwd the project's root unless given */
export function startLaurel(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd: string = projectPath(),
): ChildProcess {
  return spawn(process.execPath, ['--import', TSX, projectPath('server', 'main.ts'), ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

export function runLaurel(
  args: readonly string[],
  {
    env = {},
    input = '',
    cwd,
  }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string; readonly cwd?: string } = {},
): Promise<CommandResult> {
  const child = startLaurel(args, env, cwd);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs lines as they stand on a page of the documentation, `npx laurel` from the sources, ending at the first that fails.
 *  @param folder where they run, with its own data directory */
export function runShell(
  script: string,
  folder: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const node = `${process.execPath} --import ${TSX} ${projectPath('server', 'main.ts')}`;
  const prelude = `set -eo pipefail\nnpx() { shift; ${node} "$@"; }\n`;
  const child = spawn('bash', ['-c', `${prelude}${script}`], {
    cwd: folder,
    env: { PATH: process.env.PATH, LAUREL_DATA_DIR: join(folder, 'data') },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

export interface RunningLaurel {
  /** Address of the pages, from the banner. */
  readonly url: string;
  readonly banner: string;
  /** What it has logged so far. */
  log(): string;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `laurel serve` on a free port. @throws when it ends instead, with what it said */
export function serveLaurel(environment: Readonly<Record<string, string>>): Promise<RunningLaurel> {
  const child = startLaurel(['serve'], { PORT: '0', LAUREL_LOG_LEVEL: 'error', ...environment });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let banner = '';
  let log = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      banner += chunk.toString();
      const url = /^ {2}pages +(\S+)$/m.exec(banner)?.[1];
      if (url === undefined || !banner.includes('Not configured')) return;
      resolve({
        url,
        banner,
        log: () => log,
        stop(signal = 'SIGTERM') {
          child.kill(signal);
          return ended;
        },
      });
    });
    void ended.then((code) => reject(new Error(`laurel serve ended with ${code}: ${banner}`)));
  });
}

/** Runs a command in this process: a dozen of their own would take a dozen starts. */
export async function runHere(args: readonly string[], env: Readonly<Record<string, string>>): Promise<CommandResult> {
  const streams = { stdout: '', stderr: '' };
  const stubs = [
    sinon.stub(process, 'env').value({ ...env }),
    ...(['stdout', 'stderr'] as const).map((name) =>
      sinon.stub(process[name], 'write').callsFake((chunk) => {
        streams[name] += String(chunk);
        return true;
      }),
    ),
  ];
  const { exitCode } = process;
  try {
    return { code: await runCommandLine(args), ...streams };
  } finally {
    process.exitCode = exitCode;
    for (const stub of stubs) stub.restore();
  }
}
