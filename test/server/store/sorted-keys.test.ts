import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { PagePool } from '../../../server/store/page-pool.ts';
import { AFTER } from '../../../server/store/query/order.ts';
import { SortedKeys } from '../../../server/store/sorted-keys.ts';

interface Entry {
  readonly key: string;
  readonly sequence: number;
}

/** What they are to be like: a list, sorted anew for each question. */
class SortedList {
  readonly #entries = new Map<string, Entry>();

  has({ key, sequence }: Entry): boolean {
    return this.#entries.has(`${key} ${sequence}`);
  }
  add(entry: Entry): void {
    this.#entries.set(`${entry.key} ${entry.sequence}`, entry);
  }
  remove({ key, sequence }: Entry): void {
    this.#entries.delete(`${key} ${sequence}`);
  }
  get sorted(): readonly Entry[] {
    return [...this.#entries.values()].sort((a, b) =>
      a.key < b.key ? -1 : a.key > b.key ? 1 : a.sequence - b.sequence,
    );
  }
  within(lower: string, upper: string): number[] {
    return this.sorted.filter(({ key }) => key >= lower && key < upper).map(({ sequence }) => sequence);
  }
}

function add(keys: SortedKeys, { key, sequence }: Entry): void {
  const bytes = Buffer.from(`__${key}__`, 'latin1');
  keys.add(bytes, 2, bytes.length - 2, sequence);
}

function remove(keys: SortedKeys, { key, sequence }: Entry): void {
  const bytes = Buffer.from(key, 'latin1');
  keys.remove(bytes, 0, bytes.length, sequence);
}

function hasOther(keys: SortedKeys, key: string, sequence: number): boolean {
  return keys.hasOther(Buffer.from(key, 'latin1'), 0, key.length, sequence);
}

function expectSame(keys: SortedKeys, list: SortedList): void {
  const found = [...keys.entries()].map(([key, sequence]) => ({ key: key.toString('latin1'), sequence }));
  expect(found).to.deep.equal(list.sorted);
  expect(keys.size).to.equal(found.length);
}

describe('sorted keys', () => {
  let folder: string;
  let pool: PagePool;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-k-'));
    // so few in memory that most pages are put away
    pool = new PagePool(folder, 4);
  });
  afterEach(() => {
    pool.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const short = fc.string({ unit: fc.constantFrom('a', 'b', '\xff'), maxLength: 3 });
  const long = fc.tuple(short, fc.constantFrom(1, 300, 2_000, 9_000), short).map(([a, n, b]) => a + 'c'.repeat(n) + b);
  const key = fc.oneof({ weight: 4, arbitrary: short }, long);
  const sequence = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(2 ** 24, 2 ** 32 + 1, 2 ** 39));
  const change = fc.record({ remove: fc.boolean(), key, sequence });

  it('hold what a sorted list would hold, whatever was added and removed, and give every range in both directions', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200, size: 'max' }), key, key, (changes, lower, upper) => {
        const keys = new SortedKeys(pool);
        const list = new SortedList();
        for (const { remove: isRemoval, ...entry } of changes) {
          if (isRemoval) {
            remove(keys, entry);
            list.remove(entry);
          } else if (!list.has(entry)) {
            add(keys, entry);
            list.add(entry);
          }
        }
        expectSame(keys, list);
        for (const [from, to] of [
          [lower, upper],
          [lower, upper + AFTER],
          [lower + AFTER, upper],
          [lower, lower + AFTER],
        ] as const) {
          const wanted = list.within(from, to);
          expect([...keys.range({ lower: from, upper: to })]).to.deep.equal(wanted);
          expect(keys.count({ lower: from, upper: to }, 1_000)).to.equal(wanted.length);
          expect(keys.count({ lower: from, upper: to }, 2)).to.equal(Math.min(2, wanted.length));
          expect([...keys.range({ lower: from, upper: to }, true)]).to.deep.equal(wanted.reverse());
        }
        const others = list.sorted.filter((entry) => entry.key === lower && entry.sequence !== 3);
        expect(hasOther(keys, lower, 3)).to.equal(others.length > 0);
        const first = list.sorted.find((entry) => entry.key === lower);
        expect(keys.sequenceOf(Buffer.from(lower, 'latin1'))).to.equal(first?.sequence ?? null);
        keys.clear();
        expect(keys.size).to.equal(0);
      }),
      { numRuns: 200 },
    );
  });

  it('stay in order over many pages, also those that are put away', () => {
    const keys = new SortedKeys(pool);
    const list = new SortedList();
    const entries = Array.from({ length: 5_000 }, (_, i) => {
      const n = (i * 7919) % 5_000;
      return { key: `org.example.type ${String(n).padStart(4, '0')} of a learner`, sequence: n };
    });
    for (const entry of entries) {
      add(keys, entry);
      list.add(entry);
    }
    expectSame(keys, list);
    expect(pool.size.inMemory).to.be.at.most(4);
    expect(pool.size.putAway).to.be.greaterThan(20);
    for (const entry of entries) {
      if (entry.sequence % 10 === 0) continue;
      remove(keys, entry);
      list.remove(entry);
    }
    expectSame(keys, list);
    const { inMemory, putAway } = pool.size;
    expect(inMemory + putAway, 'pages that became sparse have joined').to.be.at.most(20);
    for (const { key, sequence } of list.sorted) remove(keys, { key, sequence });
    expect(keys.size).to.equal(0);
  });

  it('fill their pages where keys come in order, as times do', () => {
    const keys = new SortedKeys();
    for (let n = 0; n < 20_000; n += 1) add(keys, { key: `type at ${String(n).padStart(12, '0')}`, sequence: n });
    const bytes = Array.from(keys.entries()).length;
    expect(bytes).to.equal(20_000);
    expect(keys.pageCount * 4_096).to.be.lessThan(20_000 * 16);
  });

  it('tell whether a key has others, also across pages', () => {
    const keys = new SortedKeys(pool);
    for (let sequence = 1; sequence <= 1_200; sequence += 1) add(keys, { key: 'same', sequence });
    add(keys, { key: 'single', sequence: 7 });
    expect(hasOther(keys, 'same', 1)).to.equal(true);
    expect(hasOther(keys, 'single', 7)).to.equal(false);
    expect(hasOther(keys, 'single', 8)).to.equal(true);
    expect(hasOther(keys, 'none', 1)).to.equal(false);
  });
});
