import { expect } from 'chai';
import fc from 'fast-check';
import type { BsonDocument } from '../../../server/store/bson.ts';
import { CollectionIndex } from '../../../server/store/collection-index.ts';
import { parseKeyPattern } from '../../../server/store/index-keys.ts';
import { planQuery } from '../../../server/store/planner.ts';
import { compileFilter } from '../../../server/store/query/matcher.ts';
import { doc } from './support/documents.ts';

type Fields = Record<string, unknown>;

function index(key: Record<string, 1 | -1>, options: Fields = {}): CollectionIndex {
  return new CollectionIndex(doc({ key, name: Object.entries(key).flat().join('_'), ...options }));
}

function addTo(index: CollectionIndex, document: BsonDocument, sequence: number): void {
  for (const key of index.keysOf(document)) {
    const bytes = Buffer.from(key, 'latin1');
    index.keys.add(bytes, 0, bytes.length, sequence);
  }
}

describe('the planner', () => {
  const indexes = [
    index({ username: 1 }, { unique: true }),
    index({ status: 1, updatedAt: -1 }),
    index({ live: 1, name: 1 }, { partialFilterExpression: { live: true } }),
    index({ due: 1 }, { sparse: true }),
  ];

  function plan(filter: Fields, sort: Fields = {}): string {
    const found = planQuery(indexes, doc(filter), parseKeyPattern(doc(sort), 'sort'));
    if (!found) return 'scan';
    const direction = found.sorted ? (found.reverse ? ', sorted backwards' : ', sorted') : '';
    return `${found.index.name} x${found.ranges.length}${direction}`;
  }

  it('takes the unique index for an equality', () => {
    expect(plan({ username: 'a', status: 'x' })).to.equal('username_1 x1');
    expect(plan({ $and: [{ username: { $eq: 'a' } }] })).to.equal('username_1 x1');
    expect(plan({ username: { $in: ['a', 'b', 'a'] } })).to.equal('username_1 x2');
  });

  it('takes ranges and beginnings of strings', () => {
    expect(plan({ username: { $gte: 'a', $lt: 'b' } })).to.equal('username_1 x1');
    expect(plan({ username: { $regex: '^ab' } })).to.equal('username_1 x2');
    expect(plan({ username: { $regex: '^ab', $options: 'i' } })).to.equal('scan');
    expect(plan({ username: { $regex: 'ab' } })).to.equal('scan');
    expect(plan({ username: { $regex: '^ab|c' } })).to.equal('scan');
  });

  it('sorts by an index, also behind an equality and backwards', () => {
    expect(plan({}, { username: 1 })).to.equal('username_1 x1, sorted');
    expect(plan({ status: 'x' }, { updatedAt: -1 })).to.equal('status_1_updatedAt_-1 x1, sorted');
    expect(plan({ status: 'x' }, { updatedAt: 1 })).to.equal('status_1_updatedAt_-1 x1, sorted backwards');
    expect(plan({ status: { $in: ['x', 'y'] } }, { updatedAt: 1 })).to.equal('status_1_updatedAt_-1 x2');
    expect(plan({}, { status: 1, updatedAt: 1 })).to.equal('scan');
  });

  it('leaves more values than are looked up one by one to the filter', () => {
    const values = (count: number) => ({ $in: Array.from({ length: count }, (_, n) => n) });
    const found = (count: number) => planQuery(indexes, doc({ status: 'x', updatedAt: values(count) }), []);
    expect([found(1_000)?.ranges.length, found(1_000)?.exact]).to.deep.equal([1_000, true]);
    expect([found(1_001)?.ranges.length, found(1_001)?.exact]).to.deep.equal([1, false]);
  });

  it('takes a partial index only when the filter stays inside it', () => {
    expect(plan({ live: true, name: 'a' })).to.equal('live_1_name_1 x1');
    expect(plan({ live: { $in: [true, false] }, name: 'a' })).to.equal('scan');
    expect(plan({ name: 'a' })).to.equal('scan');
  });

  it('takes a sparse index only when the field must be there', () => {
    expect(plan({ due: { $lte: new Date() } })).to.equal('due_1 x1');
    expect(plan({ due: null })).to.equal('scan');
    expect(plan({}, { due: 1 })).to.equal('scan');
  });

  it('sorts behind an element of an array, where each document has one key; never by the array itself', () => {
    const tested = index({ 'effects.state': 1, at: 1 });
    const document = doc({ effects: [{ state: 'a' }, { state: 'b' }, { state: 'a' }], at: 1 });
    addTo(tested, document, 1);
    const planned = (filter: Fields, sort: Fields) =>
      planQuery([tested], doc(filter), parseKeyPattern(doc(sort), 'sort'));
    const behind = { effects: { $elemMatch: { state: 'a' } } };
    const backwards = planned({ ...behind, at: { $lte: 5 } }, { at: -1 });
    expect(backwards).to.include({ sorted: true, reverse: true });
    expect(backwards?.ranges.map((range) => [...tested.keys.range(range)])).to.deep.equal([[1]]);
    expect(planned({ ...behind, at: { $gte: 0, $lte: 0 } }, { at: 1 })?.ranges[0]).to.satisfy(
      (range: { lower: string; upper: string }) => [...tested.keys.range(range)].length === 0,
    );
    expect(planned({ effects: { $elemMatch: { state: { $in: ['a', 'b'] } } } }, { at: 1 })?.sorted).to.equal(false);
    expect(planned({}, { 'effects.state': 1 })?.sorted ?? false).to.equal(false);
  });

  it('finds by any index what a scan finds', () => {
    const scalar = fc.constantFrom<unknown>(
      null,
      1,
      2,
      3.5,
      'a',
      'ab',
      'b',
      true,
      new Date(5),
      [],
      [1, 'a'],
      [2, [1]],
      { x: 1 },
    );
    const fields = (names: string[]) => fc.dictionary(fc.constantFrom(...names), scalar, { maxKeys: 3 });
    const document = fc.record(
      { a: fc.oneof(scalar, fields(['x', 'y']), fc.array(fields(['x', 'y']), { maxLength: 3 })), b: scalar, c: scalar },
      { requiredKeys: [] },
    );
    const operand = fc.oneof(
      scalar,
      scalar.map(($eq) => ({ $eq })),
      fc.array(scalar, { maxLength: 3 }).map(($in) => ({ $in })),
      fc.tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), scalar).map(([name, value]) => ({ [name]: value })),
      fc.tuple(scalar, scalar).map(([$gte, $lt]) => ({ $gte, $lt })),
      fc.constantFrom({ $regex: '^a' }, { $regex: '^ab*' }, { $exists: true }, { $elemMatch: { $gt: 1 } }),
    );
    const filter = fc.oneof(
      fc.dictionary(fc.constantFrom('a', 'b', 'c', 'a.x', 'a.y'), operand, { maxKeys: 3 }),
      fields(['x', 'y']).map(($elemMatch) => ({ a: { $elemMatch } })),
    );
    const pattern = fc
      .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'a.x', 'a.y'), fc.constantFrom(1 as const, -1 as const)), {
        minLength: 1,
        maxLength: 3,
        selector: ([name]) => name,
      })
      .map((entries) => Object.fromEntries(entries));
    fc.assert(
      fc.property(fc.array(document, { maxLength: 12 }), filter, pattern, (plainDocuments, plainFilter, key) => {
        const documents = plainDocuments.map((fields) => doc(fields));
        const tested = index(key);
        const indexed = documents.filter((document, sequence) => {
          try {
            addTo(tested, document, sequence);
            return true;
          } catch {
            return false; // Parallel arrays cannot be stored under this index.
          }
        });
        const wanted = compileFilter(doc(plainFilter));
        const plan = planQuery([tested], doc(plainFilter), []);
        fc.pre(plan !== null);
        const found = new Set(plan.ranges.flatMap((range) => [...tested.keys.range(range)].map((n) => documents[n])));
        for (const document of indexed) if (wanted(document)) expect(found.has(document)).to.equal(true);
      }),
      { numRuns: 2000 },
    );
  });
});
