import { expect } from 'chai';
import type { Condition } from '../../../../plugin/ports/records.ts';
import { MOST_COUNTED, shownCount } from '../../../../server/http/lists/counts.ts';
import type { AnyList } from '../../../../server/http/lists/list.ts';

describe('what a page counts', () => {
  const where = (at: number): readonly Condition[] => [{ field: 'receivedAt', from: new Date(at) }];

  function listOf(there: () => number, changes: Partial<AnyList> = {}) {
    const counted: (readonly Condition[])[] = [];
    const count = async (asked: readonly Condition[], atMost: number): Promise<number> => {
      counted.push(asked);
      return Math.min(there(), atMost);
    };
    return { list: { records: { count }, ...changes } as AnyList, counted };
  }

  it('is not counted again for a minute where there are too many and records only go with age', async () => {
    let there = 50_000;
    const { list, counted } = listOf(() => there, { onlyGrows: true });
    for (const [second, at] of [
      [0, 60_000],
      [1, 61_000],
      [59, 119_000],
    ] as const)
      expect(await shownCount(list, where(at), second * 1_000)).to.equal(MOST_COUNTED + 1);
    expect(counted).to.have.length(1);
    // Another minute of the period is another question, and so is the same one later.
    await shownCount(list, where(120_000), 59_000);
    expect(counted).to.have.length(2);
    there = 3;
    expect(await shownCount(list, where(60_000), 61_000)).to.equal(3);
    expect(await shownCount(list, where(60_000), 61_001)).to.equal(3);
    expect(counted).to.have.length(4);
  });

  it('is counted once for all who ask at the same time', async () => {
    const { list, counted } = listOf(() => 7, { onlyGrows: true });
    expect(await Promise.all([1, 2, 3].map(() => shownCount(list, [], 0)))).to.deep.equal([7, 7, 7]);
    expect(counted).to.have.length(1);
  });

  it('is counted every time in other lists: what was done to many shows at once', async () => {
    let there = 50_000;
    const { list } = listOf(() => there);
    expect(await shownCount(list, [], 0)).to.equal(MOST_COUNTED + 1);
    there = 0;
    expect(await shownCount(list, [], 1)).to.equal(0);
  });

  it('is taken from what is known already, where something is', async () => {
    const { list, counted } = listOf(() => 7);
    const known = { ...list, records: { ...list.records, estimate: async () => 12 } };
    expect(await shownCount(known, [])).to.equal(12);
    expect(counted).to.deep.equal([]);
  });
});
