import { expect } from 'chai';
import fc from 'fast-check';
import { limitPage } from '../../../../server/http/organisations/limited-records.ts';

interface Query {
  readonly after?: string;
  readonly limit: number;
}

/** The numbers from 0 on; a cursor is the one to go on with. */
function numbersBelow(end: number) {
  return async ({ after = '0', limit }: Query) => {
    const [from, to] = [Number(after), Math.min(end, Number(after) + limit)];
    const items = Array.from({ length: to - from }, (_, n) => from + n);
    return { items, next: to < end ? String(to) : null };
  };
}

describe('pages of which only a part is there', () => {
  it('are filled from what follows, as long as something does', async () => {
    const page = await limitPage(numbersBelow(1_000), { limit: 10 }, (n) => n % 3 === 0);
    expect(page.items).to.deep.equal([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
  });

  it('stay short where few are there, and lead on all the same', async () => {
    const page = await limitPage(numbersBelow(1_000), { limit: 10 }, (n) => n === 999);
    expect(page).to.deep.equal({ items: [], next: '200' });
  });

  it('hold, one after the other, everything that is there, each once and none longer than was asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(300),
        fc.integer({ min: 1, max: 20 }),
        fc.uniqueArray(fc.nat(300)),
        async (end, limit, own) => {
          const found: number[] = [];
          for (let after: string | null | undefined; after !== null; ) {
            const query = { limit, ...(after !== undefined && { after }) };
            const page = await limitPage(numbersBelow(end), query, (n) => own.includes(n));
            expect(page.items.length).to.be.at.most(limit);
            found.push(...page.items);
            after = page.next;
          }
          expect(found).to.deep.equal(own.filter((n) => n < end).toSorted((a, b) => a - b));
        },
      ),
    );
  });
});
