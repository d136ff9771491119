import { expect } from 'chai';
import { type BsonDocument, toDocument } from '../../../../server/store/bson.ts';
import { applyUpdate } from '../../../../server/store/update/apply.ts';
import { parseUpdate } from '../../../../server/store/update/parse.ts';

const CONTEXT = { now: new Date(0), inserting: false, arrayIndex: null };
const applied = (document: BsonDocument, update: Readonly<Record<string, unknown>>) =>
  applyUpdate(document, parseUpdate(toDocument(update), []), CONTEXT);

describe('an update of a document', () => {
  const original = () => toDocument({ _id: 1, a: { b: [1, { c: 2 }] }, untouched: { d: [3] }, gone: { e: 4 } });

  it('shares what it does not reach, and leaves the original as it was', () => {
    const document = original();
    const updates = [
      { $set: { 'a.b.1.c': 9 } },
      { $push: { 'a.b': 5 } },
      { $inc: { 'a.b.0': 1 }, $unset: { gone: '' } },
      { $rename: { 'gone.e': 'a.moved' } },
    ];
    for (const update of updates) {
      const changed = applied(document, update);
      expect(document).to.deep.equal(original());
      expect(changed).to.not.deep.equal(document);
      expect(changed.get('untouched')).to.equal(document.get('untouched'));
      expect(changed.get('a')).to.not.equal(document.get('a'), JSON.stringify(update));
    }
  });
});
