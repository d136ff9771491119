/** Runs the command line inside this process: the same entry as server/main.ts has, with everything that a command has of the
 *  world around it given. What it leaves behind, which a process would take along at its end, is an error. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { systemClock } from '../../plugin/ports/runtime.ts';
import { runCommandLine } from '../../server/cli/program.ts';
import { Shell, type Surroundings } from '../../server/cli/shell.ts';
import { watchForRemains } from './remains.ts';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandWorld {
  /** All there is of an environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What standard input holds. */
  readonly input?: string;
  /** Where relative names begin; no other command runs meanwhile. */
  readonly cwd?: string;
  /** true: as if there were a store, empty, in the data directory of the environment; commands look for one before they begin. */
  readonly hasStore?: boolean;
  /** Resolves when somebody presses Ctrl-C; left out: nobody does. */
  readonly untilAsked?: Surroundings['untilAsked'];
}

/** Commands that look whether there is a store by themselves, or need none. */
const LOOKS_ITSELF = new Set(['check', 'settings', 'serve', 'demo', 'consume', 'store']);

export async function runLaurel(args: readonly string[], world: CommandWorld = {}): Promise<CommandResult> {
  const { hasStore = !LOOKS_ITSELF.has(args[0] ?? ''), env = {} } = world;
  if (hasStore && env.LAUREL_DATA_DIR !== undefined && env.MONGODB_URI === undefined) beginStore(env.LAUREL_DATA_DIR);
  const command = beginCommand(args, world);
  const code = await command.ended;
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}

/** What it needs to count as one; where that cannot be, the command says what is wrong. */
function beginStore(dataDir: string): void {
  try {
    mkdirSync(join(dataDir, 'store'), { recursive: true, mode: 0o700 });
  } catch {
    // a file stands there, or nobody may write
  }
}

export interface RunningLaurel {
  /** Address of the pages, from the banner. */
  readonly url: string;
  readonly banner: string;
  /** What it has logged so far. */
  log(): string;
  /** Asks it to end. @returns the exit code */
  stop(): Promise<number | null>;
}

/** Starts `laurel serve` on a free port. @throws when it ends instead, with what it said */
export async function serveLaurel(env: Readonly<Record<string, string>>): Promise<RunningLaurel> {
  let ask: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const settings = { PORT: '0', LAUREL_LOG_LEVEL: 'error', ...env };
  const command = beginCommand(['serve'], { env: settings, untilAsked: () => asked });
  const url = await Promise.race([command.heard((said) => bannerUrl(said)), command.ended.then(() => null)]);
  if (url === null) throw new Error(`laurel serve ended with ${await command.ended}: ${command.stderr()}`);
  return {
    url,
    banner: command.stderr(),
    log: command.stdout,
    stop() {
      ask();
      return command.ended;
    },
  };
}

/** @returns the address of the pages; null: the banner is not whole yet */
export function bannerUrl(said: string): string | null {
  return said.includes('Not configured') ? (/^ {2}pages +(\S+)$/m.exec(said)?.[1] ?? null) : null;
}

/** For tests that only look at which commands there are. */
export function idleShell(): Shell {
  return new Shell({
    ...{ env: {}, stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough(), clock: systemClock },
    untilAsked: never,
  });
}

interface BegunCommand {
  /** The exit code. */
  readonly ended: Promise<number>;
  stdout(): string;
  stderr(): string;
  /** The first that `find` makes of standard error. */
  heard<Found>(find: (stderr: string) => Found | null): Promise<Found>;
}

let elsewhere = false;

function beginCommand(
  argv: readonly string[],
  { env = {}, input = '', cwd, untilAsked = never }: CommandWorld = {},
): BegunCommand {
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  const output = (name: keyof typeof said) => ({
    write(text: string) {
      said[name] += text;
      for (const listener of listeners) listener();
    },
  });
  const surroundings: Surroundings = {
    ...{ argv, env, clock: systemClock, untilAsked },
    stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]),
    ...{ stdout: output('stdout'), stderr: output('stderr') },
  };
  return {
    ended: inFolder(cwd, () => watchForRemains(`laurel ${argv.join(' ')}`, () => runCommandLine(surroundings))),
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    heard: (find) =>
      new Promise((resolve) => {
        listeners.add(() => {
          const found = find(said.stderr);
          if (found !== null) resolve(found);
        });
      }),
  };
}

async function inFolder<Result>(folder: string | undefined, work: () => Promise<Result>): Promise<Result> {
  if (elsewhere) throw new Error('a command runs in another folder: wait for its end');
  if (folder === undefined) return work();
  const before = process.cwd();
  elsewhere = true;
  process.chdir(folder);
  try {
    return await work();
  } finally {
    process.chdir(before);
    elsewhere = false;
  }
}

function never(): Promise<void> {
  return new Promise(() => {});
}
