/** Laurel's processes of one round: started, watched, and replaced when they die, as by a supervisor. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { projectPath } from '../../server/paths.ts';
import type { Note } from './history.ts';

const FOLDER = projectPath('node_modules', '.cache', 'laurel-chaos');
const PROGRAM = join(FOLDER, 'worker.js');
const START_LIMIT_MS = 60_000;
/** The exit code of a process that found the database away when it started, by docs/how-to/operate.md. */
const AWAY = 69;

/** A file for the process and one for those in which it makes PDF documents, because processes that die often should
 *  start fast. To be called before the first one is started. */
export async function buildProgram(): Promise<void> {
  await build({
    entryPoints: [
      { in: fileURLToPath(new URL('worker.ts', import.meta.url)), out: 'worker' },
      { in: projectPath('providers', 'pdf', 'processes', 'process.ts'), out: 'process' },
    ],
    outdir: FOLDER,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    sourcemap: 'inline',
    logLevel: 'error',
  });
}

export type WorkerRole = 'consume' | 'dispatch' | 'schedule' | 'serve';

export interface Worker {
  readonly role: WorkerRole;
  readonly child: ChildProcess;
  /** Where its pages are; '' before it is ready. */
  url: string;
  /** Resolves when it is ready, or has ended. */
  readonly ready: Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** They must not outlive this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Processes {
  readonly workers = new Set<Worker>();
  /** When one died by SIGKILL, of its own or by us. */
  readonly deaths: number[] = [];
  /** What ended otherwise than it should, with what it said. */
  readonly failures: string[] = [];
  readonly #environment: Readonly<Record<string, string>>;
  readonly #replace: (role: WorkerRole) => string | null;
  readonly #note: Note;
  #stopping = false;

  /** @param replace asked when a process was killed: the place at which the next one is to die, '' for none; null: no next */
  constructor(
    environment: Readonly<Record<string, string>>,
    { replace, note = () => {} }: { readonly replace: (role: WorkerRole) => string | null; readonly note?: Note },
  ) {
    this.#environment = environment;
    this.#replace = replace;
    this.#note = note;
  }

  start(role: WorkerRole, crash = ''): Worker {
    const child = spawn(process.execPath, [PROGRAM, role, crash], {
      cwd: projectPath(),
      env: { PATH: process.env.PATH, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    const ended = new Promise<Awaited<Worker['ended']>>((resolve) =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    );
    const isReady = new Promise<void>((resolve) => {
      child.stdout?.once('data', (line: Buffer) => {
        worker.url = line.toString().trim().slice('ready '.length);
        resolve();
      });
    });
    const worker: Worker = { role, child, url: '', ended, ready: Promise.race([isReady, ended.then(() => {})]) };
    this.workers.add(worker);
    running.add(child);
    const pid = child.pid ?? 0;
    this.#note({ op: 'started', role, pid, ...(crash !== '' && { crash }) });
    void ended.then(({ code, signal }) => {
      this.workers.delete(worker);
      running.delete(child);
      if (signal === 'SIGKILL') {
        this.deaths.push(Date.now());
        this.#note({ op: 'killed', role, pid });
        const next = this.#stopping ? null : this.#replace(role);
        if (next !== null) this.start(role, next);
      } else if (code === AWAY && worker.url === '') {
        this.#note({ op: 'away', role, pid });
        if (!this.#stopping) this.start(role, crash);
      } else if (code !== 0) this.failures.push(`a ${role} process ended with ${signal ?? code}: ${said}`);
    });
    return worker;
  }

  /** Resolves when all that run now are ready. */
  async ready(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('a process of Laurel did not start')), START_LIMIT_MS);
    });
    await Promise.race([Promise.all([...this.workers].map(({ ready }) => ready)), late]).finally(() =>
      clearTimeout(timer),
    );
  }

  /** @returns any that is ready, by the number */
  pick(number: number): Worker | null {
    const running = [...this.workers].filter(({ url }) => url !== '');
    return running[number % running.length] ?? null;
  }

  /** Resolves with one of that role as soon as one is ready. */
  async running(role: WorkerRole): Promise<Worker> {
    for (;;) {
      const found = [...this.workers].find((worker) => worker.role === role);
      if (!found) throw new Error(`there is no ${role} process any more`);
      await found.ready;
      if (found.url !== '' && this.workers.has(found)) return found;
    }
  }

  /** SIGTERM to all. @returns the milliseconds until the last has ended */
  async stop(): Promise<number> {
    this.#stopping = true;
    const started = Date.now();
    await this.ready();
    const all = [...this.workers];
    for (const { child } of all) child.kill('SIGTERM');
    await Promise.all(all.map(({ ended }) => ended));
    return Date.now() - started;
  }

  /** For the end of a round that went wrong. */
  async abandon(): Promise<void> {
    this.#stopping = true;
    const all = [...this.workers];
    for (const { child } of all) child.kill('SIGKILL');
    await Promise.all(all.map(({ ended }) => ended));
  }
}
