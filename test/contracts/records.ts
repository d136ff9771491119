/** What every source of records promises. */

import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../plugin/errors.ts';
import type { Condition, FieldCondition, RecordOrder, RecordShape, Records } from '../../plugin/ports/records.ts';

export interface Book {
  readonly shelf: string;
  readonly id: string;
  readonly kind: string;
  readonly bought: Date;
  readonly lent: string | null;
  readonly words: readonly string[];
  readonly copies: readonly { readonly room: string; readonly state: string | null }[];
}

export const bookShape: RecordShape<Book> = {
  id: ['shelf', 'id'],
  fields: {
    shelf: ({ shelf }) => shelf,
    id: ({ id }) => id,
    kind: ({ kind }) => kind,
    bought: ({ bought }) => bought,
    lent: ({ lent }) => lent,
    words: ({ words }) => words,
  },
  optional: { lent: '' },
  parts: { copies: ({ copies }) => copies },
};

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

/** Twelve books: two shelves, three kinds, two of every day, every third is lent. */
const books: readonly Book[] = Array.from({ length: 12 }, (_, n) => ({
  shelf: n % 2 ? 'left' : 'right',
  id: `b${n}`,
  kind: ['novel', 'atlas', 'poems'][n % 3] as string,
  bought: day(1 + Math.floor(n / 2)),
  lent: n % 3 === 0 ? `to-${n}` : null,
  words: [`n${n}`, n % 4 === 0 ? 'red' : 'blue.ish'],
  copies: [{ room: 'hall', state: n % 2 ? 'torn' : null }, ...(n % 3 ? [] : [{ room: 'attic', state: 'new' }])],
}));

const byDay: RecordOrder = { field: 'bought', descending: true };
const ids = (rows: readonly Book[]): string[] => rows.map(({ id }) => id);

export function recordsContract(name: string, makeRecords: (books: readonly Book[]) => Promise<Records<Book>>): void {
  describe(`${name} as records`, () => {
    let records: Records<Book>;
    beforeEach(async () => {
      records = await makeRecords(books);
    });

    async function walk(where: readonly Condition[], order: RecordOrder, limit: number): Promise<string[][]> {
      const pages: string[][] = [];
      for (let after: string | undefined; ; ) {
        const page = await records.page({ where, order, limit, after });
        pages.push(ids(page.items));
        if (page.next === null) return pages;
        after = page.next;
      }
    }

    it('come in the order asked for, equal ones by their id in the same direction', async () => {
      const descending = (await walk([], byDay, 5)).flat();
      expect(descending).to.deep.equal(['b10', 'b11', 'b8', 'b9', 'b6', 'b7', 'b4', 'b5', 'b2', 'b3', 'b0', 'b1']);
      expect((await walk([], { ...byDay, descending: false }, 5)).flat()).to.deep.equal(descending.toReversed());
    });

    it('page forwards and back without a gap or a repetition, where values are missing too', async () => {
      for (const field of ['bought', 'lent', 'kind', 'id'])
        for (const descending of [true, false])
          for (const limit of [1, 3, 12]) {
            const order = { field, descending };
            const pages = await walk([], order, limit);
            expect(pages.flat()).to.have.members(ids(books)).and.to.have.length(12);
            const back: string[][] = [];
            let page = await records.page({ where: [], order, limit });
            while (page.next !== null) page = await records.page({ where: [], order, limit, after: page.next });
            for (back.unshift(ids(page.items)); page.previous !== null; back.unshift(ids(page.items)))
              page = await records.page({ where: [], order, limit, before: page.previous });
            expect(back.flat(), `${field} ${descending} ${limit}`).to.deep.equal(pages.flat());
          }
    });

    it('put those without a value below all others', async () => {
      const ascending = (await walk([], { field: 'lent', descending: false }, 5)).flat();
      expect(ascending.slice(-4)).to.deep.equal(['b0', 'b3', 'b6', 'b9']);
      expect((await walk([], { field: 'lent', descending: true }, 5)).flat()).to.deep.equal(ascending.toReversed());
    });

    it('are chosen by value, by several, by a period, by a beginning, by having none, and by all of these', async () => {
      const chosen = async (...where: Condition[]): Promise<string[]> => {
        const found = (await walk(where, { field: 'id', descending: false }, 5)).flat();
        expect(await records.count(where, 100)).to.equal(found.length);
        return found;
      };
      expect(await chosen({ field: 'kind', in: ['atlas'] })).to.deep.equal(['b1', 'b10', 'b4', 'b7']);
      expect(await chosen({ field: 'kind', in: ['atlas', 'poems'] })).to.have.length(8);
      expect(await chosen({ field: 'kind', in: [] })).to.deep.equal([]);
      expect(await chosen({ field: 'bought', from: day(2), before: day(3) })).to.deep.equal(['b2', 'b3']);
      expect(await chosen({ field: 'lent', in: [null] })).to.have.length(8);
      expect(await chosen({ field: 'lent', isSet: true })).to.deep.equal(['b0', 'b3', 'b6', 'b9']);
      expect(await chosen({ field: 'words', in: ['n4'] })).to.deep.equal(['b4']);
      expect(await chosen({ field: 'words', startsWith: 'blue.' })).to.have.length(9);
      expect(await chosen({ field: 'words', startsWith: 'blue..' })).to.deep.equal([]);
      expect(await chosen({ field: 'words', startsWith: 're' }, { field: 'words', startsWith: 'n8' })).to.deep.equal([
        'b8',
      ]);
      expect(
        await chosen(
          { field: 'kind', in: ['novel'] },
          { field: 'bought', from: day(2) },
          { field: 'bought', before: day(5) },
        ),
      ).to.deep.equal(['b3', 'b6']);
    });

    it('are chosen by a part that meets everything by itself, in any order, back and forth', async () => {
      const chosen = async (...meeting: FieldCondition[]): Promise<string[]> => {
        const where = [{ holds: 'copies', meeting }];
        const found = (await walk(where, byDay, 3)).flat();
        expect(await records.count(where, 100)).to.equal(found.length);
        const turned = (await walk(where, { ...byDay, descending: false }, 2)).flat();
        expect(turned).to.deep.equal(found.toReversed());
        return turned;
      };
      expect(await chosen({ field: 'room', in: ['attic'] })).to.have.members(['b0', 'b3', 'b6', 'b9']);
      const torn: FieldCondition = { field: 'state', in: ['torn'] };
      expect(await chosen({ field: 'room', in: ['attic'] }, torn)).to.deep.equal([]);
      expect(await chosen({ field: 'room', in: ['attic', 'hall'] }, torn)).to.have.length(6);
      expect(await chosen({ field: 'room', in: ['attic', 'hall'] })).to.have.length(12);
      expect(await chosen({ field: 'state', in: [null] })).to.have.length(6);
      expect(await chosen({ field: 'state', isSet: true })).to.have.length(8);
    });

    it('are chosen by one of several conditions, each once', async () => {
      const where: Condition[] = [
        {
          anyOf: [
            { field: 'words', startsWith: 'n1' },
            { field: 'words', startsWith: 'red' },
            { field: 'kind', in: ['atlas'] },
          ],
        },
        { field: 'bought', from: day(2) },
      ];
      const found = (await walk(where, byDay, 2)).flat();
      expect(found).to.have.members(['b4', 'b7', 'b8', 'b10', 'b11']).and.to.have.length(5);
      expect((await walk(where, { ...byDay, descending: false }, 3)).flat()).to.deep.equal(found.toReversed());
      expect(await records.count(where, 100)).to.equal(5);
      expect(await records.count(where, 3)).to.equal(3);
    });

    it('tell the different texts of a field, unless there are too many', async () => {
      expect(await records.values('kind', 3)).to.deep.equal(['atlas', 'novel', 'poems']);
      expect(await records.values('kind', 2)).to.equal(null);
      records = await makeRecords([]);
      expect(await records.values('kind', 2)).to.deep.equal([]);
    });

    it('are counted up to a bound', async () => {
      expect(await records.count([], 5)).to.equal(5);
      expect(await records.count([{ field: 'shelf', in: ['left'] }], 5)).to.equal(5);
      expect(await records.count([{ field: 'shelf', in: ['left'] }], 50)).to.equal(6);
    });

    it('are read to the end, also when there are many', async () => {
      const many = Array.from({ length: 1203 }, (_, n) => ({ ...(books[0] as Book), id: `m${n}` }));
      records = await makeRecords(many);
      const seen: string[] = [];
      for await (const batch of records.scan({ where: [], order: byDay })) seen.push(...ids(batch));
      expect(seen).to.have.length(1203);
      expect(new Set(seen)).to.have.property('size', 1203);
    });

    it('refuse a place that is none of theirs, or of another order', async () => {
      const { next } = await records.page({ where: [], order: byDay, limit: 1 });
      const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const strange = ['', '?', text(7), text(['bought']), text(['bought', { time: 'x' }, 'a', 'b'])];
      for (const after of [...strange, text(['bought', null, 'left', 'b1']), text(['bought', { $gt: 1 }, 'a', 'b'])]) {
        const error = await records
          .page({ where: [], order: byDay, limit: 1, after })
          .catch((caught: unknown) => caught);
        expect(error, after).to.be.instanceOf(InputError);
      }
      const other = { field: 'kind', descending: true };
      const error = await records
        .page({ where: [], order: other, limit: 1, after: next ?? '' })
        .catch((e: unknown) => e);
      expect(error).to.be.instanceOf(InputError).and.to.have.property('code', 'input.cursor-invalid');
    });

    it('say what can be told without them: any choice, order and page size gives what sorting by hand gives', async () => {
      const choice = fc.record({
        kinds: fc.subarray(['novel', 'atlas', 'poems']),
        from: fc.integer({ min: 1, max: 7 }),
        days: fc.integer({ min: 0, max: 7 }),
        field: fc.constantFrom('bought', 'kind', 'id'),
        descending: fc.boolean(),
        limit: fc.integer({ min: 1, max: 6 }),
      });
      await fc.assert(
        fc.asyncProperty(choice, async ({ kinds, from, days, field, descending, limit }) => {
          const where: Condition[] = [
            { field: 'kind', in: kinds },
            { field: 'bought', from: day(from), before: day(from + days) },
          ];
          const key = (book: Book): string => {
            const value = bookShape.fields[field]?.(book);
            return `${value instanceof Date ? value.toISOString() : String(value)} ${book.shelf} ${book.id}`;
          };
          const wanted = books
            .filter(({ kind, bought }) => kinds.includes(kind) && bought >= day(from) && bought < day(from + days))
            .toSorted((a, b) => (key(a) < key(b) ? -1 : 1) * (descending ? -1 : 1));
          expect((await walk(where, { field, descending }, limit)).flat()).to.deep.equal(ids(wanted));
          expect(await records.count(where, 100)).to.equal(wanted.length);
        }),
        { numRuns: 40 },
      );
    });
  });
}
