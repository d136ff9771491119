/** Laurel beside other rule engines, all in one process and one run: `npm run bench:peers`, or with the largest number of
 *  rules, `npm run bench:peers -- 10000`. Prints Markdown tables. Each contender must find what the hand-written closures
 *  find before it is timed. */

import { cpus } from 'node:os';
import type { RuleEvent } from '../../dsl/index.ts';
import { cpuMs, heap, median, rate, ratio } from '../race.ts';
import { createEvents, createSpecs, limitNaive } from '../rules.ts';
import { contenders, type Loaded } from './contenders.ts';

const SIZES = [10, 100, 1_000, 10_000, 100_000].filter((size) => size <= Number(process.argv[2] ?? 100_000));
const ROUNDS = 3;
const ROUND_MS = 300;
/** A contender that would take longer at the next size, ten times what it took at this one, is left out there. */
const LONGEST_EVENT_MS = 500;
const LONGEST_LOAD_MS = 30_000;
const SAMPLE = 12;

interface Result {
  readonly perSecond: number;
  readonly loadMs: number;
  readonly bytes: number;
  readonly parse: number | undefined;
  readonly check: number | undefined;
}

const results = new Map<string, Map<number, Result>>(contenders.map(({ name }) => [name, new Map()]));
for (const size of SIZES) await compareAt(size);
report();

async function compareAt(size: number): Promise<void> {
  const specs = createSpecs(size);
  const events = createEvents(size);
  const expected = limitNaive(specs);
  const entered: { name: string; loaded: Loaded; loadMs: number; bytes: number; rates: number[] }[] = [];
  for (const { name, load } of contenders) {
    if (isTooSlow(results.get(name)?.get(size / 10))) continue;
    const before = heap();
    const start = cpuMs();
    const loaded = await load(specs);
    const loadMs = cpuMs() - start;
    const bytes = (heap() - before) / size;
    for (const event of events.slice(0, SAMPLE)) {
      const [found, wanted] = [await loaded.match(event), expected(event)];
      if (found !== wanted) throw new Error(`${name} finds ${found} rules for ${event.id} where there are ${wanted}`);
    }
    entered.push({ name, loaded, loadMs, bytes, rates: [] });
  }
  // Rounds alternate, so that noise hits all alike; the first only warms up.
  for (let round = 0; round <= ROUNDS; round++)
    for (const { loaded, rates } of entered) {
      const perSecond = await rateOf(loaded, events);
      if (round > 0) rates.push(perSecond);
    }
  for (const { name, loaded, loadMs, bytes, rates } of entered) {
    const { parse, check } = loaded;
    results.get(name)?.set(size, { perSecond: median(rates), loadMs, bytes, parse, check });
  }
  console.error(`${size} rules: ${entered.length} of ${contenders.length} contenders`);
}

function isTooSlow(before: Result | undefined): boolean {
  return before !== undefined && (10_000 / before.perSecond > LONGEST_EVENT_MS || 10 * before.loadMs > LONGEST_LOAD_MS);
}

async function rateOf({ match }: Loaded, events: readonly RuleEvent[]): Promise<number> {
  const start = process.cpuUsage();
  let done = 0;
  let elapsed = 0;
  for (let next = 1; elapsed < ROUND_MS; ) {
    const found = match(events[done % events.length] as RuleEvent);
    if (typeof found !== 'number') await found;
    done++;
    if (done < next) continue;
    elapsed = cpuMs(start);
    // Looking at the clock takes longer than a match: about a hundred looks per round.
    next = done + Math.max(1, Math.floor((done * ROUND_MS) / 100 / Math.max(elapsed, 1)));
  }
  return (done / elapsed) * 1_000;
}

function report(): void {
  console.log(`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}\n`);
  console.log(
    'Events per second of processor time (against the hand-written closures; against the hand-written `Map`)\n',
  );
  table((name, size) => {
    const result = results.get(name)?.get(size);
    if (!result) return '—';
    const of = (other: number): number =>
      results.get(contenders[other]?.name ?? '')?.get(size)?.perSecond ?? Number.NaN;
    const { perSecond } = result;
    return `${rate(perSecond)} (${ratio(perSecond / of(1))}; ${ratio(perSecond / of(0))})`;
  });
  console.log('\nLoading: parse + check + the rest, ms of processor time; heap, bytes a rule\n');
  table((name, size) => {
    const result = results.get(name)?.get(size);
    if (!result) return '—';
    const { loadMs, bytes, parse, check } = result;
    const steps = [parse, check].map((ms) => (ms === undefined ? '-' : ms.toFixed(0)));
    const rest = (loadMs - (parse ?? 0) - (check ?? 0)).toFixed(0);
    return `${steps.join(' + ')} + ${rest}; ${Number.isNaN(bytes) ? '-' : Math.max(0, bytes).toFixed(0)}`;
  });
  console.log(
    `\n—: left out, because by the size before an event would take over ${LONGEST_EVENT_MS} ms or loading over ${LONGEST_LOAD_MS / 1_000} s`,
  );
}

function table(cell: (name: string, size: number) => string): void {
  console.log(`| | ${SIZES.map((size) => `R = ${size.toLocaleString('en')}`).join(' | ')} |`);
  console.log(`|---|${SIZES.map(() => '--:').join('|')}|`);
  for (const { name } of contenders) console.log(`| ${name} | ${SIZES.map((size) => cell(name, size)).join(' | ')} |`);
}
