import { expect } from 'chai';
import { joined, type Range, rangeFinder } from '../../../server/http/pages/ranges.ts';

describe('ranges of a line', () => {
  it('are found by every place that they hold, and by no other', () => {
    const find = rangeFinder([
      { from: 1, to: 3 },
      { from: 3, to: 4 },
      { from: 6, to: 7 },
    ]);
    const found = [0, 1, 2, 3, 4, 5, 6, 7].map((place) => find(place)?.from ?? null);
    expect(found).to.deep.equal([null, 1, 1, 3, null, null, 6, null]);
  });

  it('cost one walk, however many there are: 18 KB of brackets in the fields of a form took minutes', () => {
    const count = 5_000;
    let looks = 0;
    const ranges = Array.from({ length: count }, (_, index): Range => {
      const to = index * 2 + 1;
      return {
        from: index * 2,
        get to() {
          looks++;
          return to;
        },
      };
    });
    const find = rangeFinder(ranges);
    const found = Array.from({ length: 2 * count }, (_, place) => find(place)).filter((range) => range !== null);
    expect(found).to.have.length(count);
    // one look for every place, and one more where it goes on to the next range
    expect(looks).to.be.at.most(3 * count);
  });

  it('are joined where they meet or overlap', () => {
    const ranges = [
      { from: 5, to: 9 },
      { from: 0, to: 2 },
      { from: 6, to: 7 },
      { from: 2, to: 3 },
    ];
    expect(joined(ranges)).to.deep.equal([
      { from: 0, to: 3 },
      { from: 5, to: 9 },
    ]);
    expect(joined([])).to.deep.equal([]);
  });
});
