import { expect } from 'chai';
import fc from 'fast-check';
import { Catalog } from '../../../server/store/catalog.ts';
import type { Collection } from '../../../server/store/collection.ts';
import { CollectionIndex } from '../../../server/store/collection-index.ts';
import { CommandError } from '../../../server/store/errors.ts';
import { parseKeyPattern } from '../../../server/store/index-keys.ts';
import { Journal } from '../../../server/store/journal.ts';
import { compileFilter } from '../../../server/store/query/matcher.ts';
import { doc, plain } from './support/documents.ts';
import { temporaryFolder } from './support/folder.ts';

type Fields = Record<string, unknown>;

const INDEXES = [
  { key: { at: -1, a: 1 }, name: 'at' },
  { key: { a: 1, at: 1 }, name: 'a' },
  { key: { name: 1 }, name: 'name', unique: true, partialFilterExpression: { name: { $exists: true } } },
  { key: { at: 1 }, name: 'part', partialFilterExpression: { a: 'x' } },
  { key: { 'list.x': 1, at: 1 }, name: 'list' },
];
const FILTERS: readonly Fields[] = [
  { at: { $gte: 2 } },
  { a: 'x' },
  { a: 'x', at: 3 },
  { 'list.x': 1 },
  { name: 'n1' },
];

const id = fc.integer({ min: 0, max: 5 });
const fields = fc.record(
  {
    at: fc.integer({ min: 0, max: 4 }),
    a: fc.constantFrom('x', 'y', null),
    name: fc.constantFrom('n1', 'n2', 'n3'),
    list: fc.constantFrom([], [{ x: 1 }], [{ x: 1 }, { x: 2 }]),
  },
  { requiredKeys: ['at'] },
);
type Step =
  | readonly ['put', number, Fields]
  | readonly ['remove', number]
  | readonly ['ask', number]
  | readonly ['index', boolean];
const step = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('put' as const), id, fields) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('remove' as const), id) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('ask' as const), fc.nat(FILTERS.length - 1)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('index' as const), fc.boolean()) },
);

describe('an index that is told of updates later', () => {
  let journal: Journal;

  before(() => {
    journal = new Journal(temporaryFolder());
  });
  after(() => journal.close());

  let made = 0;
  function newCollection(): Collection {
    made += 1;
    const collection = new Catalog(journal).create('laurel', `c${made}`);
    for (const index of INDEXES) collection.addIndex(new CollectionIndex(doc(index)));
    return collection;
  }

  const all = (filter: Fields) => ({ filter: doc(filter), sort: [], skip: 0, limit: 0 });
  const idsOf = (collection: Collection, filter: Fields) =>
    collection.find(all(filter)).map(({ document }) => document.get('_id'));

  function put(collection: Collection, model: Map<number, Fields>, _id: number, values: Fields): void {
    const [record] = collection.find(all({ _id }));
    try {
      if (record) collection.replace(record, doc({ _id, ...values }));
      else collection.insertDocument(doc({ _id, ...values }));
      model.set(_id, { _id, ...values });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      expect(error.code).to.equal(11000);
    }
  }

  /** What an index holds, against what it should hold of the documents there are. */
  function expectKeys(collection: Collection, model: ReadonlyMap<number, Fields>): void {
    for (const index of collection.indexes) {
      const wanted = [...model.values()].flatMap((values) => [...index.keysOf(doc(values))]).sort();
      const held = [...index.keys.entries()].map(([key]) => key.toString('latin1'));
      expect(held, index.name).to.deep.equal(wanted);
    }
  }

  it('answers as one that is told at once, whatever was changed, removed and refused before', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps: readonly Step[]) => {
        const collection = newCollection();
        const model = new Map<number, Fields>();
        for (const [kind, what, values] of steps) {
          if (kind === 'put') put(collection, model, what, values);
          else if (kind === 'remove') {
            for (const record of collection.find(all({ _id: what }))) collection.remove(record);
            model.delete(what);
          } else if (kind === 'index') {
            collection.dropIndex('at');
            expectKeys(collection, model);
            collection.addIndex(new CollectionIndex(doc(INDEXES[0] as Fields)));
          } else {
            const filter = FILTERS[what] as Fields;
            const matches = compileFilter(doc(filter));
            const wanted = [...model.values()].filter((one) => matches(doc(one))).map(({ _id }) => _id);
            expect(idsOf(collection, filter).sort()).to.deep.equal(wanted.sort());
            expect(collection.count(all(filter))).to.equal(wanted.length);
          }
        }
        collection.dropIndex('none of this name');
        expectKeys(collection, model);
      }),
      { numRuns: 300 },
    );
  });

  it('is told of an update of a document only when it is asked, and of several as one', () => {
    const collection = newCollection();
    const model = new Map<number, Fields>();
    for (let at = 0; at < 3; at += 1) put(collection, model, 1, { at, a: 'x' });
    const index = collection.indexes.find(({ name }) => name === 'at') as CollectionIndex;
    const former = index.keysOf(doc({ at: 0, a: 'x' }));
    expect([...index.keys.entries()].map(([key]) => key.toString('latin1'))).to.deep.equal(former);
    const sorted = collection.find({ ...all({}), sort: parseKeyPattern(doc({ at: -1, a: 1 }), 'sort') });
    expect(sorted.map(({ document }) => plain(document))).to.deep.equal([{ _id: 1, at: 2, a: 'x' }]);
    expect([...index.keys.entries()].map(([key]) => key.toString('latin1'))).to.deep.equal(
      index.keysOf(doc({ at: 2, a: 'x' })),
    );
  });

  it('is told of all when four thousand documents wait, so that nobody waits for more', () => {
    const collection = newCollection();
    const model = new Map<number, Fields>();
    for (let _id = 0; _id < 4_096; _id += 1) put(collection, model, _id, { at: 0 });
    for (let _id = 0; _id < 4_096; _id += 1) put(collection, model, _id, { at: 1 });
    expectKeys(collection, model);
  });
});
