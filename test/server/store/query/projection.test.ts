import { expect } from 'chai';
import { compileProjection } from '../../../../server/store/query/projection.ts';
import { doc, plain, refusal } from '../support/documents.ts';

const DOCUMENT = { _id: 1, a: 1, b: { c: 2, d: 3 }, list: [{ x: 1, y: 1 }, { x: 2, y: 2 }, 7], nums: [1, 2, 3, 4] };

type Fields = Record<string, unknown>;

const CASES: readonly (readonly [title: string, projection: Fields, result: Fields])[] = [
  ['includes fields and the _id', { a: 1 }, { _id: 1, a: 1 }],
  ['leaves the _id out on request', { a: 1, _id: 0 }, { a: 1 }],
  ['includes only the _id', { _id: 1 }, { _id: 1 }],
  ['excludes fields', { b: 0, list: 0, nums: false }, { _id: 1, a: 1 }],
  ['excludes only the _id', { _id: 0 }, { a: 1, b: DOCUMENT.b, list: DOCUMENT.list, nums: DOCUMENT.nums }],
  [
    'includes nested fields, through arrays too',
    { 'b.c': 1, 'list.x': 1 },
    { _id: 1, b: { c: 2 }, list: [{ x: 1 }, { x: 2 }] },
  ],
  ['takes nested documents for dotted paths', { b: { c: 1 } }, { _id: 1, b: { c: 2 } }],
  ['excludes nested fields', { 'list.y': 0, b: 0, nums: 0 }, { _id: 1, a: 1, list: [{ x: 1 }, { x: 2 }, 7] }],
  ['takes the first of an array', { nums: { $slice: 2 }, a: 0, b: 0, list: 0 }, { _id: 1, nums: [1, 2] }],
  ['takes the last of an array', { nums: { $slice: -1 }, a: 1 }, { _id: 1, a: 1, nums: [4] }],
  ['takes the middle of an array', { nums: { $slice: [1, 2] }, _id: 0, a: 1 }, { a: 1, nums: [2, 3] }],
  ['takes the first matching element', { list: { $elemMatch: { x: 2 } } }, { _id: 1, list: [{ x: 2, y: 2 }] }],
  ['drops an array without a match', { nums: { $elemMatch: { $gt: 9 } } }, { _id: 1 }],
];

describe('the projection', () => {
  for (const [title, projection, result] of CASES) {
    it(title, () => {
      expect(plain(compileProjection(doc(projection))(doc(DOCUMENT)))).to.deep.equal(result);
    });
  }

  it('keeps every field with $slice alone', () => {
    const result = plain(compileProjection(doc({ nums: { $slice: 1 } }))(doc(DOCUMENT)));
    expect(result).to.deep.equal({ ...DOCUMENT, nums: [1] });
  });

  it('refuses a mixture and what is outside the scope', () => {
    expect(refusal(() => compileProjection(doc({ a: 1, b: 0 })))).to.equal(
      '2 Cannot do exclusion on field b in inclusion projection',
    );
    expect(refusal(() => compileProjection(doc({ a: '$b' })))).to.match(/^115 .* computed projection of a;/);
    expect(refusal(() => compileProjection(doc({ 'a.$': 1 })))).to.match(/^115 .* projection path a\.\$;/);
    expect(refusal(() => compileProjection(doc({ a: { $meta: 'textScore' } })))).to.match(
      /^115 .* projection \$meta of a;/,
    );
  });
});
