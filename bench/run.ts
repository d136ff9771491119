/** Runs the benchmarks: `npm run bench`, or `npm run bench -- matching` for those whose file name contains the word.
 *  A benchmark is a file `*.bench.ts` that exports `name` and `measure`. */

import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';

interface Benchmark {
  readonly name: string;
  /** It takes too long to be run with all the others. */
  readonly whenNamedOnly?: boolean;
  /** Reports by `print`, a line at a time. */
  measure(print: (line: string) => void): void | Promise<void>;
}

const words = process.argv.slice(2);
const files = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.bench.ts') && words.every((word) => file.includes(word)))
  .sort();

if (files.length === 0) {
  console.error(`no benchmark has a file name with ${words.join(' and ')} in it`);
  process.exitCode = 1;
}
const [cpu] = cpus();
console.log(`Node ${process.versions.node}, ${cpus().length} x ${cpu?.model.trim() ?? 'unknown processor'}`);
for (const file of files) {
  const { name, whenNamedOnly, measure } = (await import(new URL(file, import.meta.url).href)) as Benchmark;
  if (whenNamedOnly && words.length === 0) continue;
  console.log(`\n${name}`);
  await measure(console.log);
}
