/** From text to an index that answers, and one badge changed in it. Run with `BUILT=1` after `npm run build` it measures the
 *  built JavaScript instead of what tsx makes of the sources. */

import { cpuMs, heap, median, row } from './race.ts';
import { createSpecs, environment, toFiles } from './rules.ts';

export const name = 'loading: rules from text (parse, check, compile and index)';

const SIZE = 100_000;
/** Not there before it is built, so the compiler must not look for it. */
const BUILT_INDEX: string = '../dist/dsl/index.js';
const ROUNDS = 5;

export async function measure(print: (line: string) => void): Promise<void> {
  const { check, parse, RuleIndex } = (await load()) as typeof import('../dsl/index.ts');
  const files = toFiles(createSpecs(SIZE));
  const characters = files.reduce((sum, text) => sum + text.length, 0);
  print(
    `${SIZE} rules in ${files.length} files, ${(characters / SIZE).toFixed(0)} characters a rule; medians of ${ROUNDS}`,
  );
  print(row(['', 'parse ms', 'check ms', 'index ms', 'together', 'on the clock', 'heap B/rule', 'set one, µs']));
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    const before = heap();
    const copies = files.map((text) => Buffer.from(text).toString());
    const index = new RuleIndex();
    const start = performance.now();
    const ms = { parse: 0, check: 0, index: 0 };
    for (let i = 0; i < copies.length; i++) {
      const text = copies[i] as string;
      // Nobody keeps the texts.
      copies[i] = '';
      const began = cpuMs();
      const { file, diagnostics } = parse(text);
      const parsed = cpuMs();
      const checked = check(text, file, environment);
      const understood = cpuMs();
      for (const badge of checked.badges) index.set(badge);
      const indexed = cpuMs();
      const [problem] = [...diagnostics, ...checked.diagnostics];
      if (problem) throw new Error(`the rules are not sound: ${problem.message}`);
      ms.parse += parsed - began;
      ms.check += understood - parsed;
      ms.index += indexed - understood;
    }
    const clock = performance.now() - start;
    const bytes = (heap() - before) / SIZE;
    return { ...ms, clock, bytes, change: changeOne(index) };
  }).slice(1);
  const middle = (of: (round: (typeof rounds)[number]) => number): string => median(rounds.map(of)).toFixed(0);
  print(
    row([
      process.env.BUILT ? 'built JavaScript' : 'tsx',
      middle(({ parse }) => parse),
      middle(({ check }) => check),
      middle(({ index }) => index),
      middle(({ parse, check, index }) => parse + check + index),
      middle(({ clock }) => clock),
      middle(({ bytes }) => bytes),
      median(rounds.map(({ change }) => change)).toFixed(1),
    ]),
  );
}

function load(): Promise<unknown> {
  return import(process.env.BUILT ? BUILT_INDEX : '../dsl/index.ts');
}

/** @returns microseconds to replace one badge of all those that stand there */
function changeOne(index: import('../dsl/index.ts').RuleIndex): number {
  const badges = [...index.badges()].filter((_, i) => i % 50 === 0);
  const start = cpuMs();
  for (const badge of badges) index.set({ ...badge });
  return ((cpuMs() - start) / badges.length) * 1_000;
}
