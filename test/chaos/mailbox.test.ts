import { expect } from 'chai';
import { needlessCopies } from './mailbox.ts';

const arrival = (id: string, at: number) => ({ id, to: 'ada@example.com', at });

describe('copies of a mail', () => {
  it('are owed to a death between them, one for each', () => {
    expect(needlessCopies([arrival('a', 1), arrival('b', 2), arrival('a', 5), arrival('a', 9)], [3, 7])).to.deep.equal(
      [],
    );
  });

  it('are needless otherwise', () => {
    const arrived = [arrival('a', 1), arrival('b', 2), arrival('b', 4), arrival('a', 5), arrival('a', 6)];
    expect(needlessCopies(arrived, [3])).to.deep.equal(['a']);
    expect(needlessCopies(arrived, [])).to.deep.equal(['b', 'a', 'a']);
  });
});
