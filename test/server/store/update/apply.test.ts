import { Decimal128, Double, Long, ObjectId, Timestamp } from 'bson';
import { expect } from 'chai';
import { applyUpdate } from '../../../../server/store/update/apply.ts';
import { parseUpdate } from '../../../../server/store/update/parse.ts';
import { documentForUpsert } from '../../../../server/store/update/upsert.ts';
import { doc, plain, refusal } from '../support/documents.ts';

type Fields = Record<string, unknown>;

const now = new Date('2026-03-01T10:00:00Z');

function update(
  before: Fields,
  change: Fields,
  { arrayIndex = null as number | null, filters = [] as Fields[], inserting = false } = {},
) {
  const parsed = parseUpdate(doc(change), filters.map(doc));
  return applyUpdate(doc(before), parsed, { now, inserting, arrayIndex });
}

const CASES: readonly (readonly [title: string, before: Fields, change: Fields, after: Fields])[] = [
  ['$set, making documents on the way', { a: 1 }, { $set: { a: 2, 'b.c': 3 } }, { a: 2, b: { c: 3 } }],
  ['$set in an array, padding it', { a: [1] }, { $set: { 'a.3': 4 } }, { a: [1, null, null, 4] }],
  [
    '$set of new fields in the order of their names',
    {},
    { $set: { b: 1, a: 2, 'n.10': 1, 'n.9': 1 } },
    { a: 2, b: 1, n: { 9: 1, 10: 1 } },
  ],
  [
    '$unset',
    { a: 1, b: { c: 1 }, l: [1, 2] },
    { $unset: { a: '', 'b.c': '', 'l.0': '', x: '' } },
    { b: {}, l: [null, 2] },
  ],
  ['$inc', { a: 1, d: 1.5 }, { $inc: { a: 2, b: 5, d: 1 } }, { a: 3, d: 2.5, b: 5 }],
  ['$mul', { a: 3 }, { $mul: { a: 2, b: 5 } }, { a: 6, b: 0 }],
  ['$min and $max', { a: 5, b: 5, c: 5 }, { $min: { a: 3, b: 9, x: 1 }, $max: { c: 9 } }, { a: 3, b: 5, c: 9, x: 1 }],
  ['$setOnInsert only for inserts', { a: 1 }, { $set: { a: 2 }, $setOnInsert: { b: 1 } }, { a: 2 }],
  ['$push', { a: [1] }, { $push: { a: 2, b: { x: 1 } } }, { a: [1, 2], b: [{ x: 1 }] }],
  [
    '$push of several at a place',
    { a: [1, 4] },
    { $push: { a: { $each: [2, 3], $position: 1 } } },
    { a: [1, 2, 3, 4] },
  ],
  [
    '$push, sorted and cut',
    { a: [{ n: 3 }] },
    { $push: { a: { $each: [{ n: 1 }, { n: 2 }], $sort: { n: -1 }, $slice: 2 } } },
    { a: [{ n: 3 }, { n: 2 }] },
  ],
  ['$push, keeping the last', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: -2 } } }, { a: [2, 3] }],
  ['$push, sorted by value', { a: [3, 1] }, { $push: { a: { $each: [2], $sort: 1 } } }, { a: [1, 2, 3] }],
  [
    '$addToSet',
    { a: [1, { x: 1 }] },
    { $addToSet: { a: { $each: [1, { x: 1 }, 2, 2] }, b: 1 } },
    { a: [1, { x: 1 }, 2], b: [1] },
  ],
  ['$pull of values', { a: [1, 2, 1] }, { $pull: { a: 1, b: 1 } }, { a: [2] }],
  ['$pull by condition', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
  ['$pull of documents', { a: [{ x: 1, y: 1 }, { x: 2 }] }, { $pull: { a: { x: 1 } } }, { a: [{ x: 2 }] }],
  ['$pullAll', { a: [1, 2, 3] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
  ['$pop', { a: [1, 2, 3], b: [1, 2] }, { $pop: { a: 1, b: -1, c: 1 } }, { a: [1, 2], b: [2] }],
  ['$rename', { a: 1, b: { c: 2 } }, { $rename: { a: 'x.y', 'b.c': 'd', q: 'r' } }, { b: {}, d: 2, x: { y: 1 } }],
  ['$currentDate', {}, { $currentDate: { a: true, b: { $type: 'date' } } }, { a: now, b: now }],
  ['a replacement, keeping the _id', { _id: 1, a: 1 }, { b: 2 }, { _id: 1, b: 2 }],
];

describe('the update', () => {
  for (const [title, before, change, after] of CASES) {
    it(`knows ${title}`, () => {
      const result = plain(update(before, change));
      expect(result).to.deep.equal(after);
      expect(JSON.stringify(result)).to.equal(JSON.stringify(after));
    });
  }

  it('sets the matched element, all elements, and those that a filter names', () => {
    const before = {
      l: [
        { k: 'a', n: 1 },
        { k: 'b', n: 2 },
      ],
    };
    expect(plain(update(before, { $set: { 'l.$.n': 9, 'l.$.m': 1 } }, { arrayIndex: 1 }))).to.deep.equal({
      l: [before.l[0], { k: 'b', n: 9, m: 1 }],
    });
    expect(plain(update(before, { $inc: { 'l.$[].n': 1 } }))).to.deep.equal({
      l: [
        { k: 'a', n: 2 },
        { k: 'b', n: 3 },
      ],
    });
    const change = { $set: { 'l.$[e].n': 0 } };
    expect(plain(update(before, change, { filters: [{ 'e.k': 'b' }] }))).to.deep.equal({
      l: [before.l[0], { k: 'b', n: 0 }],
    });
  });

  it('keeps numeric types: the wider one wins', () => {
    const result = update(
      { i: 1, l: Long.fromNumber(1), d: new Double(1), edge: 0x7fffffff },
      { $inc: { i: new Double(1), l: 1, d: 1, edge: 1 } },
    );
    expect(result.get('i')).to.deep.equal(new Double(2));
    expect(result.get('l')).to.deep.equal(Long.fromNumber(2));
    expect(result.get('d')).to.deep.equal(new Double(2));
    expect(result.get('edge')).to.deep.equal(Long.fromString('2147483648'));
    const stamp = update({}, { $currentDate: { t: { $type: 'timestamp' } } }).get('t');
    expect(stamp).to.deep.equal(new Timestamp({ t: now.getTime() / 1000, i: 1 }));
  });

  it('leaves the given document as it was', () => {
    const before = doc({ a: { b: [1] } });
    applyUpdate(before, parseUpdate(doc({ $push: { 'a.b': 2 } })), { now, inserting: false, arrayIndex: null });
    expect(plain(before)).to.deep.equal({ a: { b: [1] } });
  });

  it('says what is wrong', () => {
    const said = (before: Fields, change: Fields, options = {}) => refusal(() => update(before, change, options));
    expect(said({}, { $set: { a: 1, 'a.b': 2 } })).to.equal(
      "40 Updating the path 'a.b' would create a conflict at 'a'",
    );
    expect(said({}, { $set: { a: 1 }, $inc: { a: 2 } })).to.equal(
      "40 Updating the path 'a' would create a conflict at 'a'",
    );
    expect(said({}, { $rename: { a: 'b' }, $set: { b: 1 } })).to.equal(
      "40 Updating the path 'b' would create a conflict at 'b'",
    );
    expect(said({ a: 'x' }, { $inc: { a: 1 } })).to.equal(
      '14 Cannot apply $inc to a value of non-numeric type: a is string',
    );
    expect(said({ a: 1 }, { $push: { a: 1 } })).to.equal("2 The field 'a' must be an array but is of type int");
    expect(said({ a: 1 }, { $pull: { a: 1 } })).to.equal('2 Cannot apply $pull to a non-array value');
    expect(said({ a: 1 }, { $set: { 'a.b': 1 } })).to.equal(
      "28 Cannot create field 'b' of the path 'a.b': it is not in a document",
    );
    const notThere = "28 Cannot create field 'b' of the path 'a.b': it is not in a document";
    const through: Fields[] = [{ $pull: { 'a.b': 1 } }, { $pullAll: { 'a.b': [1] } }, { $pop: { 'a.b': 1 } }];
    for (const change of [...through, { $rename: { 'a.b': 'c' } }]) {
      for (const a of [1, null, [1]]) expect(said({ a }, change), JSON.stringify(change)).to.equal(notThere);
      expect(plain(update({ a: { c: 1 } }, change))).to.deep.equal({ a: { c: 1 } });
    }
    expect(plain(update({ a: 1 }, { $unset: { 'a.b': '' } }))).to.deep.equal({ a: 1 });
    expect(said({ a: [1] }, { $set: { 'a.$': 1 } })).to.equal(
      '2 The positional operator did not find the match needed from the query.',
    );
    expect(said({ a: [1] }, { $set: { 'a.$[e]': 1 } })).to.equal(
      "2 No array filter found for identifier 'e' in path 'a.$[e]'",
    );
    expect(said({}, { $set: { a: 1 } }, { filters: [{ e: 1 }] })).to.equal(
      "9 The array filter for identifier 'e' was not used in the update",
    );
    expect(said({}, { $set: { a: 1 }, b: 2 })).to.equal('9 Unknown modifier: b');
    expect(said({}, { $set: { 'a..b': 1 } })).to.equal(
      "56 The update path 'a..b' contains an empty field name, which is not allowed",
    );
    expect(said({ a: Long.MAX_VALUE }, { $inc: { a: 1 } })).to.equal('2 the result does not fit into a 64-bit integer');
  });

  it('refuses what is outside the scope by name', () => {
    const sentence = (what: string) =>
      `115 the embedded store does not support the ${what}; set MONGODB_URI to a MongoDB server to use it`;
    expect(refusal(() => update({}, { $bit: { a: { and: 1 } } }))).to.equal(sentence('update operator $bit'));
    expect(refusal(() => parseUpdate([doc({ $set: {} })]))).to.equal(sentence('update by aggregation pipeline'));
    expect(refusal(() => update({ a: 1 }, { $inc: { a: Decimal128.fromString('1') } }))).to.equal(
      sentence('arithmetic with Decimal128'),
    );
  });
});

describe('the document of an upsert', () => {
  const upsert = (filter: Fields, change: Fields) =>
    plain(documentForUpsert(doc(filter), parseUpdate(doc(change)), now));

  it('starts from the equalities of the filter', () => {
    const filter = { _id: 1, a: 1, 'b.c': { $eq: 2 }, d: { $gt: 3 }, $and: [{ e: 4 }], $or: [{ f: 5 }] };
    expect(upsert(filter, { $set: { x: 1 }, $setOnInsert: { y: 2 }, $inc: { a: 1 } })).to.deep.equal({
      _id: 1,
      a: 2,
      b: { c: 2 },
      e: 4,
      f: 5,
      x: 1,
      y: 2,
    });
  });

  it('takes only the _id for a replacement, and makes one where there is none', () => {
    expect(upsert({ _id: 1, a: 1 }, { b: 2 })).to.deep.equal({ _id: 1, b: 2 });
    expect(upsert({ a: 1 }, { b: 2 })._id).to.be.instanceOf(ObjectId);
  });

  it('refuses another _id than the filter has, and two values for one field', () => {
    expect(refusal(() => upsert({ _id: 1 }, { $set: { _id: 2 } }))).to.equal(
      "66 Performing an update on the path '_id' would modify the immutable field '_id'",
    );
    expect(refusal(() => upsert({ a: 1, $and: [{ a: 2 }] }, { $set: { b: 1 } }))).to.equal(
      "54 cannot infer query fields to set, path 'a' is matched twice",
    );
  });
});
