/** Documents made in threads of their own, so that pages and events are served meanwhile, and a file made to do harm ends
 *  a thread and not the process. */

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CredentialsError, InputError } from '../../../plugin/errors.ts';
import type { PdfEngine, PdfJob } from '../engine.ts';
import { type Answer, fromPlain, type Task, type ThreadJob, type ThreadOptions } from './messages.ts';

export interface ThreadPoolOptions extends ThreadOptions {
  /** At most; each is started when it is first needed. */
  readonly threads: number;
  /** After which a task is given up; default 20 seconds. */
  readonly timeLimitMs?: number;
}

interface Waiting {
  readonly task: (known: ReadonlySet<string>) => Task;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

const TIME_LIMIT_MS = 20_000;
const LIMITS = { maxOldGenerationSizeMb: 512, stackSizeMb: 4 };

export function createThreadPool(options: ThreadPoolOptions): PdfEngine {
  const waiting: Waiting[] = [];
  const threads = new Set<Thread>();
  let closed = false;

  function submit(task: Waiting['task']): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (closed) return reject(stopping());
      waiting.push({ task, resolve, reject });
      serve();
    });
  }

  /** Called whenever there is something new to do, or somebody free to do it. */
  function serve(): void {
    for (const thread of threads) if (thread.free) next(thread);
    while (waiting.length > 0 && threads.size < options.threads && [...threads].every(({ free }) => !free)) {
      const thread: Thread = new Thread(options, () => threads.delete(thread));
      threads.add(thread);
      next(thread);
    }
  }

  function next(thread: Thread): void {
    const work = waiting.shift();
    if (!work) return;
    thread
      .perform(work.task, options.timeLimitMs ?? TIME_LIMIT_MS)
      .then(work.resolve, (error: Error) => work.reject(closed ? stopping() : error))
      .finally(serve);
  }

  async function answerTo(task: Waiting['task']): Promise<Answer> {
    const answer = await submit(task);
    if (answer.kind === 'failed') throw fromPlain(answer.error);
    return answer;
  }

  async function work(kind: 'generate' | 'measure', job: PdfJob): Promise<Answer> {
    const answer = await answerTo((known) => ({ kind, job: withoutKnown(job, known) }));
    return answer.kind === 'missing' ? answerTo(() => ({ kind, job })) : answer;
  }

  return {
    async generate(job) {
      const answer = await work('generate', job);
      if (answer.kind === 'made') return answer.bytes;
      throw unexpected(answer);
    },
    async measure(job) {
      const answer = await work('measure', job);
      if (answer.kind === 'measured') return answer.design;
      throw unexpected(answer);
    },
    async pages(bytes) {
      const answer = await answerTo(() => ({ kind: 'pages', bytes }));
      if (answer.kind === 'counted') return answer.pages;
      throw unexpected(answer);
    },
    async check(kind, bytes) {
      await answerTo(() => ({ kind: 'check', assetKind: kind, bytes }));
    },
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(stopping());
      await Promise.all([...threads].map((thread) => thread.end()));
    },
  };
}

function unexpected({ kind }: Answer): Error {
  return new Error(`a thread answered ${kind}`);
}

function stopping(): InputError {
  return new InputError('stopping', 'Laurel is stopping; try again when it is up');
}

function withoutKnown(job: PdfJob, known: ReadonlySet<string>): ThreadJob {
  const assets = Object.entries(job.assets).map(([slug, { sha256, bytes }]) => [
    slug,
    { sha256, bytes: known.has(sha256) ? null : bytes },
  ]);
  return { ...job, assets: Object.fromEntries(assets) };
}

class Thread {
  readonly #worker: Worker;
  readonly #ready: Promise<unknown>;
  readonly #onEnd: () => void;
  #ended = false;
  /** By hash: the assets whose bytes it has had. */
  readonly #known = new Set<string>();
  free = true;

  constructor({ fontsFolder }: ThreadOptions, onEnd: () => void) {
    this.#worker = startWorker({ fontsFolder });
    // a thread that ends while it loads is found out by the first task
    this.#ready = new Promise((resolve) => this.#worker.once('message', resolve).once('exit', resolve));
    this.#onEnd = onEnd;
    // heard here too, because an error that nobody hears would end the process
    this.#worker.once('exit', () => this.end()).on('error', () => this.end());
    // a process that has nothing else to do may end
    this.#worker.unref();
  }

  /** Rejects when the thread is lost. */
  async perform(makeTask: Waiting['task'], timeLimitMs: number): Promise<Answer> {
    const task = makeTask(this.#known);
    if ('job' in task) for (const { sha256 } of Object.values(task.job.assets)) this.#known.add(sha256);
    this.free = false;
    this.#worker.ref();
    try {
      // loading takes as long as it takes: the limit is for what is in the task
      await this.#ready;
      if (this.#ended) throw new Error('the PDF thread ended before it began');
      const answer = await this.#ask(task, timeLimitMs);
      if (answer.kind === 'missing') this.#known.clear();
      return answer;
    } finally {
      this.#worker.unref();
      this.free = true;
    }
  }

  #ask(task: Task, timeLimitMs: number): Promise<Answer> {
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const lose = (reason: string) => {
        settle();
        void this.end();
        reject(
          new InputError('template', `the document cannot be made: ${reason}; simplify the template and its images`),
        );
      };
      const onMessage = (answer: Answer) => {
        settle();
        resolve(answer);
      };
      const onError = (error: Error) => {
        if (isOutOfMemory(error)) return lose('it takes too much memory');
        settle();
        void this.end();
        reject(error instanceof CredentialsError ? error : new Error(`the PDF thread failed: ${error.message}`));
      };
      const onExit = () => lose('its thread ended');
      const timer = setTimeout(() => lose(`it takes longer than ${timeLimitMs / 1000} seconds`), timeLimitMs);
      const settle = () => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(task);
    });
  }

  /** From now on it gets no task. */
  async end(): Promise<void> {
    if (!this.#ended) this.#onEnd();
    this.#ended = true;
    await this.#worker.terminate();
  }
}

function isOutOfMemory(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
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
