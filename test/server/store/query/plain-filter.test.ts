import { Double, Long } from 'bson';
import { expect } from 'chai';
import fc from 'fast-check';
import { encodeDocument } from '../../../../server/store/bson.ts';
import { compileFilter } from '../../../../server/store/query/matcher.ts';
import { isPlainFilter, matchesBytes } from '../../../../server/store/query/plain-filter.ts';
import { doc } from '../support/documents.ts';

const wanted = fc.oneof(fc.constantFrom('text', 'grün', '', 1, 1.5, 2, true, false), fc.string(), fc.integer());
const stored = fc.oneof(wanted, fc.constantFrom(null, new Double(1), Long.fromNumber(2), ['text', 1], { a: 1 }));
const name = fc.constantFrom('a', 'b', 'c');

describe('a plain filter', () => {
  it('never matches a document by its bytes that it does not match by its values', () => {
    let matched = 0;
    fc.assert(
      fc.property(fc.dictionary(name, stored), fc.dictionary(name, wanted), (document, filter) => {
        const asked = doc(filter);
        expect(isPlainFilter(asked)).to.equal(true);
        if (!matchesBytes(asked, encodeDocument(doc(document)))) return;
        matched += 1;
        expect(compileFilter(asked)(doc(document))).to.equal(true);
      }),
      { numRuns: 3_000 },
    );
    expect(matched).to.be.greaterThan(30);
  });

  it('matches what has its texts, numbers and truth values', () => {
    const bytes = encodeDocument(doc({ _id: 'x', n: 1, half: 0.5, isOn: false, other: [1] }));
    expect(matchesBytes(doc({ n: 1, half: 0.5, isOn: false, _id: 'x' }), bytes)).to.equal(true);
    for (const other of [{ n: 2 }, { isOn: true }, { _id: 'y' }, { _id: 'xx' }, { missing: 1 }, { n: 1, missing: 1 }])
      expect(matchesBytes(doc(other), bytes), JSON.stringify(other)).to.equal(false);
  });

  it('is none with operators, paths, or values of other types', () => {
    for (const other of [
      { a: { $gt: 1 } },
      { 'a.b': 1 },
      { $or: [{ a: 1 }] },
      { a: null },
      { a: new Date() },
      { a: Number.NaN },
    ])
      expect(isPlainFilter(doc(other)), JSON.stringify(other)).to.equal(false);
  });
});
