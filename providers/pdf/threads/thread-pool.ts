/** Documents made in threads of their own, so that pages and events are served meanwhile, and a file made to do harm ends
 *  a thread and not the process. */

import { InputError } from '../../../plugin/errors.ts';
import type { PdfEngine, PdfJob } from '../engine.ts';
import { type Answer, fromPlain, type ThreadOptions } from './messages.ts';
import { PdfThread, type Work } from './pdf-thread.ts';

export interface ThreadPoolOptions extends ThreadOptions {
  /** At most; each is started when it is first needed. */
  readonly threads: number;
  /** After which a task is given up; default 20 seconds. */
  readonly timeLimitMs?: number;
}

const TIME_LIMIT_MS = 20_000;

export function createThreadPool(options: ThreadPoolOptions): PdfEngine {
  const waiting: Work[] = [];
  const threads = new Set<PdfThread>();
  let willServe = false;
  let closed = false;

  function submit(task: Work['task']): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (closed) return reject(stopping());
      waiting.push({ task, resolve, reject });
      serveSoon();
    });
  }

  /** Once for all that is asked for in one go: it is handed over in one go. */
  function serveSoon(): void {
    if (willServe) return;
    willServe = true;
    queueMicrotask(() => {
      willServe = false;
      serve();
    });
  }

  function serve(): void {
    const unbusy = [...threads].filter(({ load }) => load === 0).length;
    for (let needed = waiting.length - unbusy; needed > 0 && threads.size < options.threads; needed--) start();
    for (let work = waiting[0]; work; work = waiting[0]) {
      const thread = leastBusyFor(work);
      // the others wait behind it, so that it gets its turn
      if (!thread) break;
      thread.take(work);
      waiting.shift();
    }
    for (const thread of threads) thread.send();
  }

  function leastBusyFor(work: Work): PdfThread | undefined {
    return [...threads].filter((thread) => thread.canTake(work)).sort((one, other) => one.load - other.load)[0];
  }

  function start(): void {
    const thread = new PdfThread(options, options.timeLimitMs ?? TIME_LIMIT_MS, {
      changed: serveSoon,
      lost(error, unbegun) {
        threads.delete(thread);
        waiting.unshift(...unbegun);
        // a thread that cannot even be started is noticed by somebody, and not started for ever
        if (!thread.isReady) waiting.shift()?.reject(error);
        serveSoon();
      },
    });
    threads.add(thread);
  }

  async function answerTo(task: Work['task']): Promise<Answer> {
    const answer = await submit(task);
    if (answer.kind === 'failed') throw fromPlain(answer.error);
    return answer;
  }

  async function work(kind: 'generate' | 'measure', job: PdfJob): Promise<Answer> {
    for (;;) {
      const answer = await answerTo({ kind, job });
      // it had the assets when it was handed the job, and let go of them before it got there
      if (answer.kind !== 'missing') return answer;
    }
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
    async facts(bytes) {
      const answer = await answerTo({ kind: 'facts', bytes });
      if (answer.kind === 'looked') return answer.facts;
      throw unexpected(answer);
    },
    async check(kind, bytes) {
      await answerTo({ kind: 'check', assetKind: kind, bytes });
    },
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(stopping());
      await Promise.all([...threads].map((thread) => thread.end(stopping())));
    },
  };
}

function unexpected({ kind }: Answer): Error {
  return new Error(`a thread answered ${kind}`);
}

function stopping(): InputError {
  return new InputError('stopping', 'Laurel is stopping; try again when it is up');
}
