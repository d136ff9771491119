/** Documents made in processes of their own, so that pages and events are served meanwhile, and a file made to do harm ends
 *  one of them and not the server. A thread would not do: a heap that is full may end the whole process. */

import { InputError } from '../../../plugin/errors.ts';
import type { PdfEngine, PdfJob } from '../engine.ts';
import { type Answer, fromPlain } from './messages.ts';
import { cannotStart, type Made, PdfProcess, type Work } from './pdf-process.ts';

export interface ProcessPoolOptions {
  /** Where the fonts that come with Laurel are. */
  readonly fontsFolder: string;
  /** At most; each is started when it is first needed. */
  readonly processes: number;
  /** After which a task is given up; default 20 seconds. */
  readonly timeLimitMs?: number;
}

const TIME_LIMIT_MS = 20_000;

export function createProcessPool({ fontsFolder, processes: most, timeLimitMs }: ProcessPoolOptions): PdfEngine {
  const waiting: Work[] = [];
  const processes = new Set<PdfProcess>();
  let willServe = false;
  let closed = false;

  function submit(task: Work['task']): Promise<Made> {
    return new Promise((resolve, reject) => {
      if (closed) return reject(stopping());
      waiting.push({ task, resolve, reject, isSecondTry: false });
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
    const unbusy = [...processes].filter(({ load }) => load === 0).length;
    for (let needed = waiting.length - unbusy; needed > 0 && processes.size < most; needed--) if (!start()) break;
    for (let work = waiting[0]; work; work = waiting[0]) {
      const process = leastBusyFor(work);
      // the others wait behind it, so that it gets its turn
      if (!process) break;
      process.take(work);
      waiting.shift();
    }
    for (const process of processes) process.send();
  }

  function leastBusyFor(work: Work): PdfProcess | undefined {
    return [...processes].filter((process) => process.canTake(work)).sort((one, other) => one.load - other.load)[0];
  }

  /** @returns false: there is no room for one more */
  function start(): boolean {
    try {
      const process = new PdfProcess(fontsFolder, timeLimitMs ?? TIME_LIMIT_MS, {
        changed: serveSoon,
        lost(error, unended) {
          processes.delete(process);
          waiting.unshift(...unended);
          // a process that cannot even be started is noticed by somebody, and not started for ever
          if (!process.isReady) waiting.shift()?.reject(error);
          serveSoon();
        },
      });
      processes.add(process);
      return true;
    } catch (error) {
      // those that are there go on
      if (processes.size === 0) for (const { reject } of waiting.splice(0)) reject(cannotStart(error));
      return false;
    }
  }

  async function answerTo(task: Work['task']): Promise<Made> {
    const answer = await submit(task);
    if (answer.kind === 'failed') throw fromPlain(answer.error);
    return answer;
  }

  async function work(kind: 'generate' | 'measure', job: PdfJob): Promise<Made> {
    for (;;) {
      const answer = await answerTo({ kind, job });
      // it had the assets when it was handed the job, and let go of them before it got there
      if (answer.kind !== 'missing') return answer;
    }
  }

  return {
    async generate(job) {
      const answer = await work('generate', job);
      if (answer.kind === 'document') return answer.bytes;
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
      await Promise.all([...processes].map((process) => process.end(stopping())));
    },
  };
}

function unexpected({ kind }: Made | Answer): Error {
  return new Error(`a PDF process answered ${kind}`);
}

function stopping(): InputError {
  return new InputError('stopping', 'Laurel is stopping; try again when it is up');
}
