import { expect } from 'chai';
import fc from 'fast-check';
import { SortedBounds } from '../../../dsl/matching/sorted-bounds.ts';

const values = fc.constantFrom(-1e308, -1, -0, 0, 5e-324, 0.5, 1, 2 ** 53, 1e308);
const bounds = fc.array(fc.record({ value: values, isIncluding: fc.boolean() }));

describe('SortedBounds', () => {
  for (const kind of ['lower', 'upper'] as const) {
    it(`finds the ${kind} bounds that hold, also after some were removed`, () => {
      fc.assert(
        fc.property(bounds, bounds, (kept, removed) => {
          const index = new SortedBounds<string>(kind);
          const left: string[] = [];
          const nameOf = (bound: { value: number; isIncluding: boolean }): string =>
            `${bound.value} ${bound.isIncluding}`;
          for (const bound of kept) {
            index.add(bound.value, bound.isIncluding, nameOf(bound));
            left.push(nameOf(bound));
          }
          for (const bound of removed) {
            index.remove(bound.value, bound.isIncluding, nameOf(bound));
            const at = left.indexOf(nameOf(bound));
            if (at >= 0) left.splice(at, 1);
          }
          const holds = (value: number, [bound, including]: readonly string[]): boolean => {
            const limit = Number(bound);
            if (value === limit) return including === 'true';
            return kind === 'lower' ? value > limit : value < limit;
          };
          for (const value of [-1e308, -1, -0, 0, 0.25, 0.5, 1, 2 ** 53, 1e308, Number.NaN, Number.POSITIVE_INFINITY]) {
            const found: string[] = [];
            index.find(value, (items, into, from, to) => into.push(...items.slice(from, to)), found);
            expect(found.sort()).to.deep.equal(left.filter((name) => holds(value, name.split(' '))).sort());
          }
          expect(index.size).to.equal(left.length);
        }),
        { numRuns: 2_000 },
      );
    });
  }
});
