/** What records in the order of several fields promise, whatever they come from. */

import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import { InputError } from '../../plugin/errors.ts';
import { comparePlaces } from '../../plugin/ports/memory-records.ts';
import { placeOf } from '../../plugin/ports/record-pages.ts';
import type { Condition, RecordOrder, Records } from '../../plugin/ports/records.ts';
import { SORTED_BY_HAND, type SortedRecords, sortedRecords } from '../../plugin/ports/sorted-records.ts';
import { type Book, bookShape } from './records.ts';

const usual: RecordOrder = { field: 'bought', descending: true };
const fewValues = ['kind'];
const KINDS = ['atlas', 'novel', 'poems'];

/** More than are put in order by hand. */
const many: readonly Book[] = Array.from({ length: SORTED_BY_HAND + 40 }, (_, n) => ({
  shelf: n % 2 ? 'left' : 'right',
  id: `b${String(n).padStart(4, '0')}`,
  kind: KINDS[n % 3] as string,
  bought: new Date(Date.UTC(2026, 0, 1 + (n % 50))),
  lent: n % 7 === 0 ? `to-${n % 11}` : null,
  words: [`n${n % 10}`],
  copies: [],
}));

export function sortedRecordsContract(name: string, makeRecords: (books: readonly Book[]) => Promise<Records<Book>>) {
  describe(`${name} in the order of several fields`, () => {
    let records: Records<Book>;
    beforeEach(async () => {
      records = await makeRecords(many);
    });

    const ids = (books: readonly Book[]): string[] => books.map(({ id }) => id);

    function byHand(keys: readonly RecordOrder[], where: (book: Book) => boolean): string[] {
      const at = (book: Book) => placeOf(bookShape, book, keys);
      return ids(many.filter(where).toSorted((a, b) => comparePlaces(keys, at(a), at(b))));
    }

    async function sorted(keys: readonly RecordOrder[], where: readonly Condition[]): Promise<SortedRecords<Book>> {
      const found = await sortedRecords(records, where, { keys, fewValues, usual });
      if (found === null) throw new Error('it would take unbounded work');
      return found;
    }

    /** Every page forwards; and back from the last to the first gives the same. */
    async function walk(from: SortedRecords<Book>, limit: number): Promise<string[]> {
      const forwards: string[][] = [];
      let page = await from.page({ limit });
      for (forwards.push(ids(page.items)); page.next !== null; forwards.push(ids(page.items)))
        page = await from.page({ limit, after: page.next });
      const back = [ids(page.items)];
      for (; page.previous !== null; back.unshift(ids(page.items)))
        page = await from.page({ limit, before: page.previous });
      expect(back.flat()).to.deep.equal(forwards.flat());
      return forwards.flat();
    }

    async function scanned(from: SortedRecords<Book>): Promise<string[]> {
      const seen: string[] = [];
      for await (const batch of from.scan()) seen.push(...ids(batch));
      return seen;
    }

    it('come as sorting by hand puts them, in any directions, where few match', async () => {
      const orders = fc.uniqueArray(
        fc.record({ field: fc.constantFrom('bought', 'lent', 'kind', 'shelf'), descending: fc.boolean() }),
        { minLength: 2, maxLength: 4, selector: ({ field }) => field },
      );
      const where: Condition[] = [{ field: 'words', in: ['n3'] }];
      await fc.assert(
        fc.asyncProperty(orders, fc.integer({ min: 20, max: 60 }), async (keys, limit) => {
          const from = await sorted(keys, where);
          const wanted = byHand(keys, ({ words }) => words.includes('n3'));
          expect(await walk(from, limit)).to.deep.equal(wanted);
          expect(await scanned(from)).to.deep.equal(wanted);
        }),
        { numRuns: 15 },
      );
    });

    it('come by few values first where many match, each value a stretch of an index', async () => {
      for (const descending of [true, false]) {
        const keys = [{ field: 'kind', descending }, usual];
        const from = await sorted(keys, []);
        const wanted = byHand(keys, () => true);
        expect(await walk(from, 170)).to.deep.equal(wanted);
        expect(await scanned(from)).to.deep.equal(wanted);
      }
    });

    it('cost as much as one page of one field in the middle of a value, however many match', async () => {
      const keys = [{ field: 'kind', descending: false }, usual];
      const from = await sorted(keys, []);
      const { next } = await from.page({ limit: 10 });
      const page = sinon.spy(records, 'page');
      await from.page({ limit: 10, after: next ?? '' });
      expect(page.callCount).to.equal(1);
      expect(page.firstCall.args[0]).to.deep.include({ where: [{ field: 'kind', in: ['atlas'] }], limit: 11 });
      page.restore();
    });

    it('leave out the values that the filters leave out', async () => {
      const where: Condition[] = [
        { field: 'kind', in: ['novel', 'poems', 'atlas'] },
        { field: 'bought', from: new Date(0) },
      ];
      const narrowed: Condition[] = [...where, { field: 'kind', in: ['poems', 'atlas'] }];
      const keys = [{ field: 'kind', descending: true }, usual];
      records = await makeRecords([...many, ...many.map((book) => ({ ...book, id: `c${book.id}` }))]);
      const page = sinon.spy(records, 'page');
      const first = (await (await sorted(keys, narrowed)).page({ limit: 2_000 })).items;
      expect(new Set(first.map(({ kind }) => kind))).to.deep.equal(new Set(['poems', 'atlas']));
      expect(page.callCount).to.equal(2);
      page.restore();
    });

    it('are not given where it would take unbounded work', async () => {
      const keys = [{ field: 'lent', descending: false }, usual];
      expect(await sortedRecords(records, [], { keys, fewValues, usual })).to.equal(null);
      const short = { ...records, isShort: true };
      expect(await sortedRecords(short, [], { keys, fewValues, usual })).not.to.equal(null);
    });

    it('refuse a place of another order', async () => {
      const where: Condition[] = [{ field: 'words', in: ['n3'] }];
      const { next } = await records.page({ where, order: usual, limit: 1 });
      const from = await sorted([{ field: 'shelf', descending: false }, usual], where);
      const error = await from.page({ limit: 1, after: next ?? '' }).catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(InputError).and.to.have.property('code', 'input.cursor-invalid');
    });
  });
}
