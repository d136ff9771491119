/** One process that makes documents: what it was handed, in order, and what becomes of that when it is lost. */

import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InputError, StoreError } from '../../../plugin/errors.ts';
import { RecentlyUsed } from '../../../plugin/recently-used.ts';
import { words } from '../../../plugin/words.ts';
import { wholeDocument } from '../document.ts';
import type { PdfJob } from '../engine.ts';
import { type Answer, type ProcessJob, SHARED_KEPT, type Task } from './messages.ts';

/** What comes of a task. */
export type Made =
  | Exclude<Answer, { kind: 'ready' | 'made' | 'broken' }>
  | { readonly kind: 'document'; readonly bytes: Uint8Array };

/** A task and who waits for it. Assets go whole with each; the process gets the bytes of those that are new to it. */
export interface Work {
  readonly task: Task | { readonly kind: 'generate' | 'measure'; readonly job: PdfJob };
  readonly resolve: (made: Made) => void;
  readonly reject: (error: Error) => void;
  /** A process was killed at it, which may have been no fault of its own. */
  isSecondTry: boolean;
}

/** Handed over before they can be begun, so that a process never waits for the next; and again when half of them are done,
 *  because each message wakes the process. */
const AHEAD = 16;
/** In MiB. What a document needs is small and dies with it: more room for the young is not faster, and stays resident. */
const LIMITS = ['--max-old-space-size=512', '--max-semi-space-size=2'];
/** What the secrets of the environment are kept from. */
const ENVIRONMENT = ['TZ', 'TMPDIR', 'LD_LIBRARY_PATH', 'SystemRoot', 'NODE_V8_COVERAGE'];

export class PdfProcess {
  readonly #child: ChildProcess;
  readonly #timeLimitMs: number;
  readonly #changed: () => void;
  readonly #lost: (error: Error, unended: readonly Work[]) => void;
  /** The first is being worked on. */
  readonly #works: Work[] = [];
  readonly #unsent: Task[] = [];
  /** By hash: the assets whose bytes it has had. */
  readonly #known = new Set<string>();
  /** What it sent of templates, by its number for them. */
  readonly #shared = new RecentlyUsed<Uint8Array>(SHARED_KEPT);
  /** Those of the last job that it was handed. */
  #options: PdfJob['options'] | null = null;
  #isRoutine = true;
  #isFull = false;
  #isReady = false;
  #hasEnded = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param changed called when it may take more
   *  @param lost called once, unless it was `end` that ended it */
  constructor(
    fontsFolder: string,
    timeLimitMs: number,
    { changed, lost }: { changed: () => void; lost: (error: Error, unended: readonly Work[]) => void },
  ) {
    this.#child = startChild(fontsFolder);
    this.#timeLimitMs = timeLimitMs;
    this.#changed = changed;
    this.#lost = lost;
    this.#child
      .on('message', (answer: Answer) => this.#hear(answer))
      .on('error', (error) => this.#lose(cannotStart(error)))
      .on('exit', (code, signal) => this.#leave(code, signal));
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** How much it has to do. */
  get load(): number {
    return this.#works.length;
  }

  /** Whether it can begin now, or soon: nothing is put behind a task that may take long, such as an upload to be checked or a
   *  template that it has not seen. */
  canTake(work: Work): boolean {
    if (!this.#isReady) return false;
    if (this.load <= AHEAD / 2) this.#isFull = false;
    return this.load === 0 || (!this.#isFull && this.#isRoutine && this.#isRoutineWork(work));
  }

  /** @param work that it can take; handed over by `send` */
  take(work: Work): void {
    this.#isRoutine = this.#isRoutineWork(work);
    this.#unsent.push(this.#taskOf(work));
    this.#works.push(work);
    if (this.load === AHEAD) this.#isFull = true;
    if (this.load > 1) return;
    this.#keepAwake(true);
    this.#watch();
  }

  send(): void {
    // one that cannot be sent any more is lost with the process
    if (this.#unsent.length > 0) this.#child.send(this.#unsent.splice(0), () => {});
  }

  /** Whatever it was handed fails with this. */
  async end(error: Error): Promise<void> {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    for (const { reject } of this.#works.splice(0)) reject(error);
    const { exitCode, signalCode, pid } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    await new Promise((resolve) => {
      this.#child.once('exit', resolve);
      this.#child.kill('SIGKILL');
    });
  }

  #isRoutineWork({ task }: Work): boolean {
    return task.kind === 'generate' && Object.values(task.job.assets).every(({ sha256 }) => this.#known.has(sha256));
  }

  #taskOf({ task }: Work): Task {
    if (!('job' in task)) return task;
    const assets: Record<string, ProcessJob['assets'][string]> = {};
    for (const [slug, { sha256, bytes }] of Object.entries(task.job.assets)) {
      assets[slug] = { sha256, bytes: this.#known.has(sha256) ? null : bytes };
      this.#known.add(sha256);
    }
    const options = task.job.options === this.#options ? null : task.job.options;
    this.#options = task.job.options;
    return { kind: task.kind, job: { ...task.job, options, assets } };
  }

  #hear(answer: Answer): void {
    if (this.#hasEnded) return;
    if (answer.kind === 'broken') {
      this.#lose(new Error(`the PDF process failed: ${answer.error.message}`));
      return;
    }
    if (answer.kind === 'ready') this.#isReady = true;
    else this.#works.shift()?.resolve(this.#madeOf(answer));
    if (answer.kind === 'missing') this.#known.clear();
    this.#watch();
    // a process that has nothing else to do may end
    if (this.load === 0) this.#keepAwake(false);
    this.#changed();
  }

  #madeOf(answer: Exclude<Answer, { kind: 'ready' | 'broken' }>): Made {
    if (answer.kind !== 'made') return answer;
    const shared = this.#shared.get(answer.number, () => Uint8Array.from(answer.shared as Uint8Array));
    return { kind: 'document', bytes: wholeDocument({ shared, own: answer.own }) };
  }

  #keepAwake(isAwake: boolean): void {
    for (const handle of [this.#child, this.#child.channel]) isAwake ? handle?.ref() : handle?.unref();
  }

  /** The time is that of one task, and begins when the process can begin with it. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#works.length === 0) return;
    const reason = `it takes longer than ${this.#timeLimitMs / 1000} seconds`;
    this.#timer = setTimeout(() => this.#lose(cannotBeMade(reason)), this.#timeLimitMs);
  }

  /** Node aborts when its heap is full. Any other signal came from outside, such as from a machine that has no memory left, and
   *  who was worked on may have had nothing to do with it: a second time it has. */
  #leave(code: number | null, signal: NodeJS.Signals | null): void {
    const isFull = signal === 'SIGABRT';
    const how = signal ?? `code ${code}`;
    const [work] = this.#works;
    const isTriedAgain = signal !== null && !isFull && work !== undefined && !work.isSecondTry;
    if (isTriedAgain) work.isSecondTry = true;
    if (!this.#isReady) this.#lose(cannotStart(how));
    else this.#lose(cannotBeMade(isFull ? 'it takes too much memory' : `its process ended with ${how}`), isTriedAgain);
  }

  /** The task at which it was lost has failed, unless it is tried again; the others have not been begun. */
  #lose(error: Error, isTriedAgain = false): void {
    if (this.#hasEnded) return;
    if (!isTriedAgain) this.#works.shift()?.reject(error);
    const unended = this.#works.splice(0);
    void this.end(error);
    this.#lost(error, unended);
  }
}

function cannotBeMade(reason: string): InputError {
  return new InputError('template', `the document cannot be made: ${reason}; simplify the template and its images`);
}

/** @param how it ended, or why there was none */
export function cannotStart(how: unknown): StoreError {
  const reason = how instanceof Error ? ((how as NodeJS.ErrnoException).code ?? how.message) : String(how);
  return new StoreError(
    'pdf-process',
    words(
      'no process that makes PDF documents could be started ({reason}); see that the machine has memory and processes left, and try again',
      { reason },
    ),
  );
}

/** Run from its sources, it has to load tsx as well. */
function startChild(fontsFolder: string): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  const loader = isSource ? ['--import', tsx()] : [];
  return fork(
    fileURLToPath(new URL(isSource ? './process.ts' : './process.js', import.meta.url)),
    [fontsFolder, String(process.pid)],
    {
      execArgv: [...loader, '--enable-source-maps', ...LIMITS],
      env: Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]]).filter(([, value]) => value)),
      serialization: 'advanced',
      // what Node prints of a full heap helps nobody
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    },
  );
}

function tsx(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href;
}
