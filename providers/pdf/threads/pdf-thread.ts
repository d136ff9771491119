/** One thread that makes documents: what it was handed, in order, and what becomes of that when it is lost. */

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CredentialsError, InputError } from '../../../plugin/errors.ts';
import type { PdfJob } from '../engine.ts';
import type { Answer, Task, ThreadJob, ThreadOptions } from './messages.ts';

/** A task and who waits for it. Assets go whole with each; the thread gets the bytes of those that are new to it. */
export interface Work {
  readonly task: Task | { readonly kind: 'generate' | 'measure'; readonly job: PdfJob };
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Handed over before they can be begun, so that a thread never waits for the next; and again when half of them are done,
 *  because each message wakes the thread. */
const AHEAD = 16;
/** What a document needs is small and dies with it: more room for the young is not faster, and stays resident. */
const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };

export class PdfThread {
  readonly #worker: Worker;
  readonly #timeLimitMs: number;
  readonly #changed: () => void;
  readonly #lost: (error: Error, unbegun: readonly Work[]) => void;
  /** The first is being worked on. */
  readonly #works: Work[] = [];
  readonly #unsent: Task[] = [];
  /** By hash: the assets whose bytes it has had. */
  readonly #known = new Set<string>();
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
    options: ThreadOptions,
    timeLimitMs: number,
    { changed, lost }: { changed: () => void; lost: (error: Error, unbegun: readonly Work[]) => void },
  ) {
    this.#worker = startWorker(options);
    this.#timeLimitMs = timeLimitMs;
    this.#changed = changed;
    this.#lost = lost;
    this.#worker
      .on('message', (answer: Answer) => this.#hear(answer))
      .on('error', (error: Error) => this.#lose(reasonOf(error)))
      .on('exit', () => this.#lose(cannotBeMade('its thread ended')));
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
    this.#worker.ref();
    this.#watch();
  }

  send(): void {
    if (this.#unsent.length > 0) this.#worker.postMessage(this.#unsent.splice(0));
  }

  /** Whatever it was handed fails with this. */
  async end(error: Error): Promise<void> {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    for (const { reject } of this.#works.splice(0)) reject(error);
    await this.#worker.terminate();
  }

  #isRoutineWork({ task }: Work): boolean {
    return task.kind === 'generate' && Object.values(task.job.assets).every(({ sha256 }) => this.#known.has(sha256));
  }

  #taskOf({ task }: Work): Task {
    if (!('job' in task)) return task;
    const assets: Record<string, ThreadJob['assets'][string]> = {};
    for (const [slug, { sha256, bytes }] of Object.entries(task.job.assets)) {
      assets[slug] = { sha256, bytes: this.#known.has(sha256) ? null : bytes };
      this.#known.add(sha256);
    }
    const options = task.job.options === this.#options ? null : task.job.options;
    this.#options = task.job.options;
    return { kind: task.kind, job: { ...task.job, options, assets } };
  }

  #hear(answer: Answer): void {
    if (answer.kind === 'ready') this.#isReady = true;
    else this.#works.shift()?.resolve(answer);
    if (answer.kind === 'missing') this.#known.clear();
    this.#watch();
    // a process that has nothing else to do may end
    if (this.load === 0) this.#worker.unref();
    this.#changed();
  }

  /** The time is that of one task, and begins when the thread can begin with it. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#works.length === 0) return;
    const reason = `it takes longer than ${this.#timeLimitMs / 1000} seconds`;
    this.#timer = setTimeout(() => this.#lose(cannotBeMade(reason)), this.#timeLimitMs);
  }

  /** The task at which it was lost has failed, the others have not been begun. */
  #lose(error: Error): void {
    if (this.#hasEnded) return;
    this.#works.shift()?.reject(error);
    const unbegun = this.#works.splice(0);
    void this.end(error);
    this.#lost(error, unbegun);
  }
}

function cannotBeMade(reason: string): InputError {
  return new InputError('template', `the document cannot be made: ${reason}; simplify the template and its images`);
}

function reasonOf(error: Error): Error {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
    return cannotBeMade('it takes too much memory');
  return error instanceof CredentialsError ? error : new Error(`the PDF thread failed: ${error.message}`);
}

/** Run from its sources, a thread has to load tsx itself: the hooks of the main thread do not reach into it. */
function startWorker(workerData: ThreadOptions): Worker {
  const options = { workerData, name: 'laurel-pdf', resourceLimits: LIMITS };
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./thread.js', import.meta.url), options);
  const tsx = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs');
  const source = new URL('./thread.ts', import.meta.url);
  const script = `import('${pathToFileURL(tsx)}').then((tsx) => { tsx.register(); return import('${source}'); });`;
  return new Worker(script, { ...options, eval: true });
}
