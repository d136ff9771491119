/** `npm run fuzz`: no text makes the checker throw, hang or lie. Exits with 1 and the shortest such text if one does. */

import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { hostileShapes } from './hostile.ts';
import { inputOf } from './inputs.ts';
import { minimise } from './minimise.ts';
import { tryText } from './violations.ts';
import type { Message, Slow, Task } from './worker.ts';

const HELP = `npm run fuzz -- [options]

  --inputs N    texts to try (1000000)
  --seed N      another seed, other texts; the same seed, the same texts (1)
  --seconds N   stop after so many seconds
  --from N      begin with this text, to see one again
  --shapes      only time every hostile shape of 64 KiB, cold call and warm
`;
/** No text keeps a checker busy for so long, on a machine however busy. */
const HANGING_MS = 20_000;
/** Between two lines of progress where there is no terminal. */
const QUIET_MS = 10_000;
/** Characters of a text, or of what is said about it. */
const SHOWN = 4_000;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: 'Infinity' },
    from: { type: 'string', default: '0' },
    shapes: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else if (values.shapes) timeShapes();
else process.exitCode = await fuzz(number('inputs'), number('seed'), number('from'), number('seconds') * 1000);

function number(option: 'inputs' | 'seed' | 'seconds' | 'from'): number {
  const value = Number(values[option]);
  if (value >= 0) return value;
  throw new RangeError(`--${option} takes a number, not "${values[option]}"`);
}

async function fuzz(inputs: number, seed: number, from: number, limitMs: number): Promise<number> {
  const started = performance.now();
  const current = new Int32Array(new SharedArrayBuffer(4));
  const worker = startWorker({ seed, from, to: from + inputs, current });
  let last: Extract<Message, { kind: 'progress' }> = { kind: 'progress', done: 0, valid: 0, slowest: [] };
  let code = 0;
  let movedAt = performance.now();
  let seen = -1;
  let toldAt = started;
  const watch = setInterval(() => {
    const now = performance.now();
    const at = Atomics.load(current, 0);
    if (at !== seen) [seen, movedAt] = [at, now];
    else if (now - movedAt > HANGING_MS) {
      code = 1;
      console.error(`\ntext ${at} of seed ${seed} keeps the checker busy: ${JSON.stringify(inputOf(seed, at).text)}`);
      void worker.terminate();
    }
    if (now - started > limitMs) void worker.terminate();
    if (process.stderr.isTTY) process.stderr.write(`\r${line(last, started)}`);
    else if (now - toldAt > QUIET_MS) {
      toldAt = now;
      console.error(line(last, started));
    }
  }, 500);
  worker.on('message', (message: Message) => {
    if (message.kind === 'progress') last = message;
    else {
      code = 1;
      const { promise, detail } = message.violation;
      const shortest = minimise(message.text, (text) => tryText(text).violation?.promise === promise);
      const now = tryText(shortest).violation?.detail ?? detail;
      console.error(`\nbroken: ${promise}, by text ${message.number} of seed ${seed}:`);
      console.error(`${JSON.stringify(shortest.slice(0, SHOWN))}\n${now.slice(0, SHOWN)}`);
    }
  });
  worker.on('error', (error) => {
    code = 1;
    console.error(`\nthe checker died at text ${Atomics.load(current, 0)} of seed ${seed}:`, error);
  });
  await new Promise((resolve) => worker.once('exit', resolve));
  clearInterval(watch);
  console.log(`\n${line(last, started)}\nseed ${seed}; the slowest:`);
  for (const { ms, kind, number } of last.slowest)
    console.log(`${ms.toFixed(0).padStart(6)} ms  ${kind}, text ${number}`);
  return code;
}

/** The loader that reads TypeScript is not handed down to threads. */
function startWorker(task: Task): Worker {
  const file = JSON.stringify(new URL('./worker.ts', import.meta.url).href);
  const code = `import('tsx/esm/api').then(({ register }) => { register(); return import(${file}); })`;
  return new Worker(code, { eval: true, workerData: task });
}

function line(
  { done, valid, slowest }: { done: number; valid: number; slowest: readonly Slow[] },
  started: number,
): string {
  const seconds = (performance.now() - started) / 1000;
  const worst = slowest[0]?.ms.toFixed(0) ?? '0';
  return `${done} texts, ${valid} valid, ${(done / seconds).toFixed(0)}/s, slowest ${worst} ms`;
}

function timeShapes(): void {
  const rows = [1, 2].map(() => hostileShapes().map(([name, text]) => ({ name, ms: tryText(text()).ms })));
  const [first = [], second = []] = rows;
  const all = first.map(({ name, ms }, i) => ({ name, first: ms, second: second[i]?.ms ?? 0 }));
  console.log(`${all.length} shapes of 64 KiB, in ms: first call, second call`);
  for (const row of all.sort((a, b) => b.first - a.first).slice(0, 20))
    console.log(`${row.first.toFixed(0).padStart(6)} ${row.second.toFixed(0).padStart(6)}  ${row.name}`);
}
