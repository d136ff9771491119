import { expect } from 'chai';
import fc from 'fast-check';
import { Sequences } from '../../../server/store/sequences.ts';

describe('numbers of documents', () => {
  it('are given in order, whatever was taken out', () => {
    const steps = fc.array(fc.record({ by: fc.constantFrom(1, 2, 31, 32, 9_000, 2 ** 33), remove: fc.nat() }));
    fc.assert(
      fc.property(steps, (changes) => {
        const sequences = new Sequences();
        let wanted: number[] = [];
        let last = 0;
        for (const { by, remove } of changes) {
          last += by;
          sequences.add(last);
          wanted.push(last);
          const victim = remove % 3 === 0 ? wanted[remove % wanted.length] : undefined;
          if (victim === undefined) continue;
          sequences.delete(victim);
          sequences.delete(victim);
          wanted = wanted.filter((sequence) => sequence !== victim);
          expect(sequences.has(victim)).to.equal(false);
        }
        expect([...sequences]).to.deep.equal(wanted);
        expect(sequences.size).to.equal(wanted.length);
        expect(wanted.every((sequence) => sequences.has(sequence))).to.equal(true);
        sequences.clear();
        expect([...sequences]).to.deep.equal([]);
      }),
    );
  });
});
