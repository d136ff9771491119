import { BSONRegExp, Decimal128, Double, Long, MinKey } from 'bson';
import { expect } from 'chai';
import { compileFilter, type MatchDetails } from '../../../../server/store/query/matcher.ts';
import { doc, refusal } from '../support/documents.ts';

type Fields = Record<string, unknown>;

/** A filter, documents it matches, documents it does not match. */
const CASES: readonly (readonly [title: string, filter: Fields, yes: readonly Fields[], no: readonly Fields[]])[] = [
  [
    'equality',
    { a: 1 },
    [{ a: 1 }, { a: new Double(1) }, { a: Long.ONE }, { a: [2, 1] }],
    [{ a: 2 }, { a: '1' }, {}, { a: [[1]] }],
  ],
  ['null', { a: null }, [{ a: null }, {}, { a: [1, null] }], [{ a: 1 }, { a: [] }, { a: false }]],
  [
    'null below arrays',
    { 'a.b': null },
    [{ a: [{}] }, { a: 5 }, { a: [{ b: 1 }, { c: 1 }] }],
    [{ a: [] }, { a: [1] }, { a: [{ b: 1 }] }],
  ],
  [
    'a whole document, order included',
    { a: { x: 1, y: 2 } },
    [{ a: { x: 1, y: 2 } }, { a: [{ x: 1, y: 2 }] }],
    [{ a: { y: 2, x: 1 } }, { a: { x: 1 } }],
  ],
  ['a whole array', { a: [1, 2] }, [{ a: [1, 2] }, { a: [[1, 2], 3] }], [{ a: [2, 1] }, { a: [1, 2, 3] }, { a: 1 }]],
  [
    'a path into documents',
    { 'a.b': 1 },
    [{ a: { b: 1 } }, { a: [{ b: 2 }, { b: 1 }] }, { a: { b: [1] } }],
    [{ a: 1 }, { a: { c: 1 } }, { 'a.c': 1 }],
  ],
  [
    'a position in an array',
    { 'a.1': 'x' },
    [{ a: ['y', 'x'] }, { a: { 1: 'x' } }, { a: [{ 1: 'x' }] }],
    [{ a: ['x'] }, { a: ['y', ['x']] }],
  ],
  ['a position that holds an array', { 'a.1': ['x'] }, [{ a: ['y', ['x']] }], [{ a: ['y', ['x', 'z']] }]],
  ['a path behind a position', { 'a.0.b': 1 }, [{ a: [{ b: 1 }] }], [{ a: [{ b: 2 }, { b: 1 }] }]],
  ['$eq', { a: { $eq: 1 } }, [{ a: 1 }], [{ a: 2 }]],
  ['$eq with a pattern', { a: { $eq: new BSONRegExp('x') } }, [{ a: new BSONRegExp('x') }], [{ a: 'x' }]],
  ['$ne', { a: { $ne: 1 } }, [{ a: 2 }, {}, { a: [2] }], [{ a: 1 }, { a: [1, 2] }]],
  [
    '$gt',
    { a: { $gt: 5 } },
    [{ a: 6 }, { a: [1, 9] }, { a: Decimal128.fromString('5.1') }],
    [{ a: 5 }, { a: '9' }, {}, { a: Number.NaN }],
  ],
  ['$gte null', { a: { $gte: null } }, [{ a: null }, {}], [{ a: 1 }]],
  ['$gt MinKey', { a: { $gt: new MinKey() } }, [{ a: 1 }, { a: 'x' }], [{ a: new MinKey() }, {}]],
  ['$lt and $gte on different elements', { a: { $lt: 3, $gte: 7 } }, [{ a: [1, 9] }], [{ a: [4, 5] }]],
  ['$lte', { a: { $lte: new Date(5) } }, [{ a: new Date(5) }], [{ a: new Date(6) }, { a: 1 }]],
  ['$lte NaN', { a: { $lte: Number.NaN } }, [{ a: Number.NaN }], [{ a: 1 }, {}]],
  [
    '$in',
    { a: { $in: [1, 'x', new BSONRegExp('^y')] } },
    [{ a: 1 }, { a: ['x'] }, { a: 'yes' }],
    [{ a: 2 }, { a: 'no' }],
  ],
  ['$in with null', { a: { $in: [null] } }, [{}, { a: null }], [{ a: 1 }]],
  ['$in with an array', { a: { $in: [[1]] } }, [{ a: [1] }], [{ a: 1 }]],
  ['$nin', { a: { $nin: [1, 2] } }, [{ a: 3 }, {}], [{ a: 1 }, { a: [3, 2] }]],
  ['$exists', { a: { $exists: true } }, [{ a: null }, { a: [] }], [{}, { b: 1 }]],
  [
    '$exists false',
    { 'a.b': { $exists: false } },
    [{}, { a: 1 }, { a: [] }, { a: [{}] }],
    [{ a: { b: null } }, { a: [{}, { b: 1 }] }],
  ],
  ['$and', { $and: [{ a: 1 }, { b: 2 }] }, [{ a: 1, b: 2 }], [{ a: 1 }]],
  ['$or', { $or: [{ a: 1 }, { b: 2 }] }, [{ a: 1 }, { b: 2 }], [{}]],
  ['$nor', { $nor: [{ a: 1 }, { b: 2 }] }, [{}], [{ a: 1 }, { b: 2 }]],
  ['$not', { a: { $not: { $gt: 5 } } }, [{ a: 3 }, {}, { a: 'x' }], [{ a: 6 }, { a: [1, 6] }]],
  ['$not of several', { a: { $not: { $gt: 1, $lt: 5 } } }, [{ a: 1 }, { a: 5 }], [{ a: 3 }]],
  ['$not of a pattern', { a: { $not: new BSONRegExp('^x') } }, [{ a: 'y' }, {}], [{ a: 'xy' }]],
  [
    '$elemMatch on documents',
    { a: { $elemMatch: { x: 1, y: { $gt: 1 } } } },
    [{ a: [{ x: 1, y: 2 }] }],
    [
      {
        a: [
          { x: 1, y: 1 },
          { x: 2, y: 2 },
        ],
      },
      { a: { x: 1, y: 2 } },
    ],
  ],
  ['$elemMatch on values', { a: { $elemMatch: { $gt: 1, $lt: 5 } } }, [{ a: [0, 3] }], [{ a: [0, 9] }, { a: 3 }]],
  [
    '$elemMatch with $or',
    { a: { $elemMatch: { $or: [{ x: 1 }, { y: 1 }] } } },
    [{ a: [{ y: 1 }] }],
    [{ a: [{ z: 1 }] }],
  ],
  ['$elemMatch below an array', { 'a.b': { $elemMatch: { $eq: 2 } } }, [{ a: [{ b: [1, 2] }] }], [{ a: [{ b: 2 }] }]],
  ['$all', { a: { $all: [1, 2] } }, [{ a: [2, 1, 3] }], [{ a: [1] }, { a: 1 }]],
  ['$all of one on a plain value', { a: { $all: [1] } }, [{ a: 1 }], [{ a: 2 }]],
  ['$all of none', { a: { $all: [] } }, [], [{ a: [] }, { a: 1 }]],
  [
    '$all with $elemMatch',
    { a: { $all: [{ $elemMatch: { x: 1 } }, { $elemMatch: { x: 2 } }] } },
    [{ a: [{ x: 1 }, { x: 2 }] }],
    [{ a: [{ x: 1 }] }],
  ],
  ['$size', { a: { $size: 2 } }, [{ a: [1, 2] }], [{ a: [1] }, { a: 'ab' }, { a: [[1, 2]] }]],
  ['$type', { a: { $type: 'string' } }, [{ a: 'x' }, { a: [1, 'x'] }], [{ a: 1 }, {}]],
  ['$type number', { a: { $type: 'number' } }, [{ a: 1 }, { a: new Double(1) }, { a: Long.ONE }], [{ a: '1' }]],
  ['$type array and int', { a: { $type: ['array', 16] } }, [{ a: [] }, { a: 1 }], [{ a: new Double(1) }]],
  ['$regex', { a: { $regex: '^ab', $options: 'i' } }, [{ a: 'ABc' }, { a: ['x', 'ab'] }], [{ a: 'xab' }, { a: 1 }]],
  ['a pattern', { a: new BSONRegExp('b$') }, [{ a: 'ab' }, { a: new BSONRegExp('b$') }], [{ a: 'ba' }]],
  ['$mod', { a: { $mod: [4, 1] } }, [{ a: 5 }, { a: 5.9 }, { a: Long.fromNumber(9) }], [{ a: 4 }, { a: 'x' }]],
  ['$comment', { a: 1, $comment: 'why' }, [{ a: 1 }], [{ a: 2 }]],
  ['a reference as a value', { a: { $ref: 'c', $id: 1 } }, [{ a: { $ref: 'c', $id: 1 } }], [{ a: 1 }]],
];

describe('the filter', () => {
  for (const [title, filter, yes, no] of CASES) {
    it(`knows ${title}`, () => {
      const matches = compileFilter(doc(filter));
      for (const document of yes) expect(matches(doc(document)), JSON.stringify(document)).to.equal(true);
      for (const document of no) expect(matches(doc(document)), JSON.stringify(document)).to.equal(false);
    });
  }

  it('tells which element of the first array matched', () => {
    const indexOf = (filter: Fields, document: Fields) => {
      const details: MatchDetails = { arrayIndex: null };
      expect(compileFilter(doc(filter))(doc(document), details)).to.equal(true);
      return details.arrayIndex;
    };
    expect(indexOf({ a: 2 }, { a: [1, 2] })).to.equal(1);
    expect(indexOf({ 'a.b': 2 }, { a: [{ b: 1 }, { b: [5, 6, 2] }] })).to.equal(1);
    expect(indexOf({ id: 1, a: { $elemMatch: { b: 3 } } }, { id: 1, a: [{ b: 1 }, { b: 2 }, { b: 3 }] })).to.equal(2);
    expect(indexOf({ a: 1 }, { a: 1 })).to.equal(null);
  });

  it('refuses what is outside the scope by name', () => {
    const sentence = (what: string) =>
      `115 the embedded store does not support the ${what}; set MONGODB_URI to a MongoDB server to use it`;
    expect(refusal(() => compileFilter(doc({ $where: 'true' })))).to.equal(sentence('query operator $where'));
    expect(refusal(() => compileFilter(doc({ $expr: {} })))).to.equal(sentence('query operator $expr'));
    expect(refusal(() => compileFilter(doc({ a: { $near: [1, 2] } })))).to.equal(sentence('query operator $near'));
    expect(refusal(() => compileFilter(doc({ a: { $regex: 'a', $options: 'x' } })))).to.equal(
      sentence('$regex option x'),
    );
    expect(refusal(() => compileFilter(doc({ a: { $regex: '(?i)a' } })))).to.equal(sentence('$regex syntax (?i)'));
  });

  it('says what is malformed', () => {
    expect(refusal(() => compileFilter(doc({ a: { $in: 1 } })))).to.equal('2 $in needs an array');
    expect(refusal(() => compileFilter(doc({ $or: [] })))).to.equal('2 $or must be a nonempty array');
    expect(refusal(() => compileFilter(doc({ a: { $gt: 1, b: 2 } })))).to.equal('2 unknown operator: b');
    expect(refusal(() => compileFilter(doc({ a: { $regex: '(' } })))).to.equal('2 Regular expression is invalid');
    expect(refusal(() => compileFilter(doc({ a: { $mod: [0, 1] } })))).to.equal('2 divisor cannot be 0');
  });
});
