/** Runs the command line as a person does: in a process of its own, from the sources. A start costs more than most commands, so
 *  this is for what only a process has: signals, pipes, exit codes, a death. `command.ts` is for everything else. */

import { type ChildProcess, spawn } from 'node:child_process';
import { projectPath } from '../../server/paths.ts';
import { bannerUrl, type CommandResult, type CommandWorld, type RunningLaurel } from './command.ts';

/** Resolved here, because a command may run in any folder. */
const TSX = import.meta.resolve('tsx');

/** @param environment on top of nothing but PATH
 *  @param cwd the project's root unless given */
export function spawnLaurel(
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

export function runLaurelProcess(
  args: readonly string[],
  { env = {}, input = '', cwd }: CommandWorld = {},
): Promise<CommandResult> {
  const child = spawnLaurel(args, env, cwd);
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

export interface LaurelProcess extends RunningLaurel {
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `laurel serve` on a free port. @throws when it ends instead, with what it said */
export function serveLaurelProcess(environment: Readonly<Record<string, string>>): Promise<LaurelProcess> {
  const child = spawnLaurel(['serve'], { PORT: '0', LAUREL_LOG_LEVEL: 'error', ...environment });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let banner = '';
  let log = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      banner += chunk.toString();
      const url = bannerUrl(banner);
      if (url === null) return;
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
