/** The half of the fuzzer that runs the checker, in a thread of its own so that a text on which it hangs can be told. */

import { parentPort, workerData } from 'node:worker_threads';
import { inputOf, type Kind } from './inputs.ts';
import { tryText, type Violation } from './violations.ts';

export interface Task {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Holds the number of the text at work. */
  readonly current: Int32Array;
}

export interface Slow {
  readonly number: number;
  readonly kind: Kind;
  readonly ms: number;
}

export type Message =
  | { readonly kind: 'progress'; readonly done: number; readonly valid: number; readonly slowest: readonly Slow[] }
  | { readonly kind: 'found'; readonly number: number; readonly text: string; readonly violation: Violation };

const SHOWN = 10;
const STEP = 2_000;

const { seed, from, to, current } = workerData as Task;
let slowest: Slow[] = [];
let valid = 0;

const say = (message: Message): void => parentPort?.postMessage(message);

for (let number = from; number < to; number++) {
  Atomics.store(current, 0, number);
  const { kind, text } = inputOf(seed, number);
  const { violation, ms, isValid } = tryText(text);
  if (violation !== null) {
    say({ kind: 'found', number, text, violation });
    break;
  }
  if (isValid) valid++;
  if (slowest.length < SHOWN || ms > (slowest.at(-1) as Slow).ms)
    slowest = [...slowest, { number, kind, ms }].sort((a, b) => b.ms - a.ms).slice(0, SHOWN);
  if ((number + 1 - from) % STEP === 0) say({ kind: 'progress', done: number + 1 - from, valid, slowest });
}
say({ kind: 'progress', done: Atomics.load(current, 0) + 1 - from, valid, slowest });
