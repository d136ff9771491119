import { Double, Long } from 'bson';
import { expect } from 'chai';
import fc from 'fast-check';
import { decodeDocument, encodeDocument } from '../../../../server/store/bson.ts';
import { applyUpdate } from '../../../../server/store/update/apply.ts';
import { parseUpdate } from '../../../../server/store/update/parse.ts';
import { patchBytes } from '../../../../server/store/update/patch.ts';
import { doc } from '../support/documents.ts';

const CONTEXT = { now: new Date(0), inserting: false, arrayIndex: null };
const value = fc.oneof(
  fc.date({ noInvalidDate: true }),
  fc.integer(),
  fc.constantFrom('text', 'test', 'te', 'grün', null, 1.5, -0, new Double(3), Long.fromNumber(7), { a: 1 }, [1]),
);
const name = fc.constantFrom('a', 'b', 'c');
const fields = fc.dictionary(name, value, { maxKeys: 3 });
const update = fc.uniqueArray(fc.tuple(fc.constantFrom('$set', '$max', '$min', '$inc'), name, value), {
  minLength: 1,
  maxLength: 3,
  selector: ([, field]) => field,
});

describe('an update carried out in the bytes', () => {
  it('comes to the same as one carried out on the values, or is left to that', () => {
    let patched = 0;
    fc.assert(
      fc.property(fields, update, (plain, changes) => {
        const operators: Record<string, Record<string, unknown>> = {};
        for (const [operator, field, argument] of changes)
          operators[operator] = { ...operators[operator], [field]: argument };
        const parsed = parseUpdate(doc(operators), []);
        const bytes = encodeDocument(doc({ _id: 1, ...plain }));
        const before = Buffer.from(bytes);
        const result = patchBytes(bytes, encodeDocument(doc(operators)));
        expect(bytes.equals(before)).to.equal(true);
        if (result === null) return;
        patched += 1;
        expect(result.equals(encodeDocument(applyUpdate(decodeDocument(bytes), parsed, CONTEXT)))).to.equal(true);
      }),
      { numRuns: 3_000 },
    );
    expect(patched).to.be.greaterThan(30);
  });

  it('is one for times and counts that are there, and the same bytes where nothing changes', () => {
    const bytes = encodeDocument(doc({ _id: 1, at: new Date(5_000_000_000_000), n: 3 }));
    const patch = (operators: Record<string, unknown>) => patchBytes(bytes, encodeDocument(doc(operators)));
    expect(patch({ $max: { at: new Date(1) } })).to.equal(bytes);
    const later = patch({ $max: { at: new Date(-1) }, $set: { n: -4 } });
    expect(decodeDocument(later as Buffer)).to.deep.equal(doc({ _id: 1, at: new Date(5_000_000_000_000), n: -4 }));
    expect(decodeDocument(patch({ $min: { at: new Date(-1) } }) as Buffer).get('at')).to.deep.equal(new Date(-1));
    const text = encodeDocument(doc({ text: 'abc' }));
    const patched = (argument: string) => patchBytes(text, encodeDocument(doc({ $max: { text: argument } })));
    expect(decodeDocument(patched('abd') as Buffer)).to.deep.equal(doc({ text: 'abd' }));
    expect([patched('abb'), patched('abcd'), patched('ab\u00e9')]).to.deep.equal([text, null, null]);
    for (const other of [{ $set: { m: 1 } }, { $set: { _id: 2 } }, { $set: { n: 'text' } }, { $set: { 'n.a': 1 } }])
      expect(patch(other), JSON.stringify(other)).to.equal(null);
  });
});
