import { expect } from 'chai';
import fc from 'fast-check';
import { SortedKeys } from '../../../server/store/sorted-keys.ts';

describe('sorted keys', () => {
  const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 3 });
  const change = fc.record({ remove: fc.boolean(), key, sequence: fc.integer({ min: 1, max: 6 }) });

  it('hold what a sorted list would hold, whatever was added and removed, and give every range in both directions', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), key, key, (changes, lower, upper) => {
        const keys = new SortedKeys();
        const model = new Set<string>();
        for (const { remove, key, sequence } of changes) {
          const entry = `${key} ${sequence}`;
          if (remove) keys.remove(key, sequence);
          else if (!model.has(entry)) keys.add(key, sequence);
          if (remove) model.delete(entry);
          else model.add(entry);
        }
        const inRange = [...model]
          .map((entry) => ({ key: entry.slice(0, -2), sequence: Number(entry.at(-1)) }))
          .filter((entry) => entry.key >= lower && entry.key < upper)
          .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.sequence - b.sequence))
          .map(({ sequence }) => sequence);
        expect(keys.size).to.equal(model.size);
        expect([...keys.range({ lower, upper })]).to.deep.equal(inRange);
        expect([...keys.range({ lower, upper }, true)]).to.deep.equal(inRange.reverse());
        const others = [...model].filter((entry) => entry.slice(0, -2) === lower && entry.at(-1) !== '3');
        expect(keys.hasOther(lower, 3)).to.equal(others.length > 0);
      }),
    );
  });

  it('stay in order over many blocks', () => {
    const keys = new SortedKeys();
    const numbers = Array.from({ length: 5000 }, (_, i) => (i * 7919) % 5000);
    for (const number of numbers) keys.add(String(number).padStart(4, '0'), number);
    expect([...keys.range({ lower: '', upper: 'x' })]).to.deep.equal([...numbers].sort((a, b) => a - b));
    expect([...keys.range({ lower: '1000', upper: '1003' }, true)]).to.deep.equal([1002, 1001, 1000]);
    for (const number of numbers) if (number % 2) keys.remove(String(number).padStart(4, '0'), number);
    expect(keys.size).to.equal(2500);
    expect(keys.withKey('0002')).to.deep.equal([2]);
    expect(keys.withKey('0003')).to.deep.equal([]);
  });

  it('tell whether a key has others, also across blocks', () => {
    const keys = new SortedKeys();
    for (let sequence = 1; sequence <= 1_200; sequence += 1) keys.add('same', sequence);
    keys.add('single', 7);
    expect(keys.hasOther('same', 1)).to.equal(true);
    expect(keys.hasOther('single', 7)).to.equal(false);
    expect(keys.hasOther('single', 8)).to.equal(true);
    expect(keys.hasOther('none', 1)).to.equal(false);
  });

  it('load at once what could be added one by one', () => {
    const entries = Array.from({ length: 2000 }, (_, i) => [String((i * 31) % 2000).padStart(4, '0'), i] as const);
    const loaded = new SortedKeys();
    loaded.load(entries);
    const added = new SortedKeys();
    for (const [key, sequence] of entries) added.add(key, sequence);
    expect([...loaded.entries()]).to.deep.equal([...added.entries()]);
  });
});
