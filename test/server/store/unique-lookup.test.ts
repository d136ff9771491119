import { Double, Long, ObjectId } from 'bson';
import { expect } from 'chai';
import fc from 'fast-check';
import { decodeDocument, encodeDocument } from '../../../server/store/bson.ts';
import { CollectionIndex } from '../../../server/store/collection-index.ts';
import { compileFilter } from '../../../server/store/query/matcher.ts';
import { certainlyMatches, UniqueLookup } from '../../../server/store/unique-lookup.ts';
import { doc } from './support/documents.ts';

type Fields = Record<string, unknown>;

const id = new ObjectId('0123456789abcdef01234567');
const wanted = fc.oneof(
  fc.constantFrom<unknown>(
    'text',
    'grün',
    '',
    1,
    1.5,
    2,
    true,
    false,
    null,
    id,
    new Date(5),
    new Double(1),
    Number.NaN,
  ),
  fc.constantFrom<unknown>({ $gt: 0 }, { x: 1 }, ['text'], Long.fromNumber(2)),
);
const name = fc.constantFrom('a', 'b', 'c', 'a.x');
const fields = fc.dictionary(name, wanted, { maxKeys: 4 });
/** As if it came behind other things in a message. */
const AHEAD = 7;
const sent = (filter: Fields) => Buffer.concat([Buffer.alloc(AHEAD, 9), encodeDocument(doc(filter)), Buffer.alloc(3)]);

describe('a filter as it was sent', () => {
  it('never matches a document in the bytes that it does not match by its values', () => {
    let matched = 0;
    fc.assert(
      fc.property(fields, fields, fc.boolean(), (stored, other, isOwn) => {
        const filter = isOwn ? stored : other;
        const document = encodeDocument(doc(stored));
        if (!certainlyMatches(document, sent(filter), AHEAD)) return;
        matched += 1;
        expect(compileFilter(doc(filter))(decodeDocument(document))).to.equal(true);
      }),
      { numRuns: 3_000 },
    );
    expect(matched).to.be.greaterThan(30);
  });

  it('matches what has its values, in whatever order', () => {
    const document = encodeDocument(doc({ _id: 'x', n: 1, at: new Date(5), isOn: false, who: id }));
    expect(certainlyMatches(document, sent({ who: id, isOn: false, _id: 'x', at: new Date(5), n: 1 }), AHEAD)).to.equal(
      true,
    );
    for (const other of [{ n: 2 }, { isOn: true }, { _id: 'y' }, { _id: 'xx' }, { missing: 1 }, { n: 1, missing: 1 }])
      expect(certainlyMatches(document, sent(other), AHEAD), JSON.stringify(other)).to.equal(false);
  });

  const index = (key: Record<string, 1 | -1>, options: Fields = { unique: true }) =>
    new CollectionIndex(doc({ key, name: Object.keys(key).join(), ...options }));

  function lookedUp(indexes: readonly CollectionIndex[], stored: Fields, filter: Fields): number | null {
    for (const one of indexes) {
      for (const key of one.keysOf(doc(stored))) one.keys.add(Buffer.from(key, 'latin1'), 0, key.length, 7);
    }
    return new UniqueLookup(indexes).sequenceFor(sent(filter), AHEAD);
  }

  it('is looked up by all fields of a unique index, whichever way they are ordered', () => {
    const stored = { a: 'text', b: 2, c: id };
    expect(lookedUp([index({ a: 1, b: -1 })], stored, { c: 1, b: 2, a: 'text' })).to.equal(7);
    expect(lookedUp([index({ b: 1 })], stored, { b: new Double(2) })).to.equal(7);
    expect(lookedUp([index({ a: 1 }), index({ c: 1 })], stored, { c: id })).to.equal(7);
    expect(lookedUp([index({ a: 1 })], stored, { a: 'tex' })).to.equal(null);
  });

  it('is not looked up where the index cannot tell of every document, or another value has the same key', () => {
    const stored = { a: 'text', b: 2, x: { y: 1 } };
    expect(lookedUp([index({ a: 1, b: 1 })], stored, { a: 'text' })).to.equal(null);
    expect(lookedUp([index({ a: 1 }, {})], stored, { a: 'text' })).to.equal(null);
    expect(lookedUp([index({ a: 1 }, { unique: true, sparse: true })], stored, { a: 'text' })).to.equal(null);
    const partial = { unique: true, partialFilterExpression: { b: 2 } };
    expect(lookedUp([index({ a: 1 }, partial)], stored, { a: 'text' })).to.equal(null);
    expect(lookedUp([index({ 'x.y': 1 })], stored, { 'x.y': 1 })).to.equal(null);
    expect(lookedUp([index({ b: 1 })], stored, { b: { $eq: 2 } })).to.equal(null);
    expect(lookedUp([index({ a: 1 })], { a: ['text', 'other'] }, { a: 'text' })).to.equal(null);
  });
});
