import { Double, Long, ObjectId } from 'bson';
import { expect } from 'chai';
import fc from 'fast-check';
import { decodeDocument, encodeDocument } from '../../../server/store/bson.ts';
import { CollectionIndex } from '../../../server/store/collection-index.ts';
import { DocumentKeys } from '../../../server/store/document-keys.ts';
import { CommandError } from '../../../server/store/errors.ts';
import { assertValid } from '../../../server/store/field-finder.ts';
import { type Encoded, KeyMaker } from '../../../server/store/key-maker.ts';
import { LateKeys } from '../../../server/store/late-keys.ts';
import { doc } from './support/documents.ts';

const scalar = fc.oneof(
  fc.string(),
  fc.constantFrom('grün', 'a\0b', ''),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(
    null,
    new ObjectId('0123456789abcdef01234567'),
    new Double(3),
    Long.fromString('9007199254740993'),
    -0,
  ),
);
const inner = fc.dictionary(fc.constantFrom('x', 'y'), scalar, { maxKeys: 2 });
const value = fc.oneof(scalar, inner, fc.constant([]), fc.array(fc.oneof(scalar, inner), { maxLength: 3 }));
const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'other'), value, { maxKeys: 4 });
const pattern = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'a.x', 'a.y', 'c'), fc.constantFrom(1, -1)), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map((entries) => Object.fromEntries(entries));
const options = fc.constantFrom(
  {},
  { sparse: true },
  { partialFilterExpression: { b: { $exists: true } } },
  { partialFilterExpression: { b: true } },
  { partialFilterExpression: { 'a.x': 'one', b: 3 } },
);

function keysIn(keys: DocumentKeys, index: number): string[] {
  const found: string[] = [];
  for (let key = keys.firstOf(index); key < keys.endOf(index); key++) {
    found.push(keys.bytes.toString('latin1', keys.startOfKey(key), keys.endOfKey(key)));
  }
  return found;
}

function outcome<Result>(action: () => Result): Result | string {
  try {
    return action();
  } catch (error) {
    if (error instanceof CommandError) return error.message;
    throw error;
  }
}

describe('keys made from the bytes of a document', () => {
  it('are those made from its values, in every kind of index', () => {
    const keys = new DocumentKeys();
    fc.assert(
      fc.property(fields, pattern, pattern, options, (plain, first, second, option) => {
        const indexes = [first, second].map(
          (key, n) => new CollectionIndex(doc({ key, name: `index ${n}`, ...(n === 0 ? option : {}) })),
        );
        const bytes = encodeDocument(doc(plain));
        const document = decodeDocument(bytes);
        const wanted = outcome(() => indexes.map((index) => index.keysOf(document)));
        const marks = indexes.map(({ multikey, arrayFields }) => ({ multikey, arrayFields: [...arrayFields] }));
        const made = outcome(() => {
          new KeyMaker(indexes).write({ bytes, document }, keys);
          return indexes.map((_, at) => keysIn(keys, at));
        });
        expect(made).to.deep.equal(wanted);
        expect(indexes.map(({ multikey, arrayFields }) => ({ multikey, arrayFields: [...arrayFields] }))).to.deep.equal(
          marks,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('are of a change those that differ before and after it, in every index that it touches', () => {
    const [before, after] = [new DocumentKeys(), new DocumentKeys()];
    fc.assert(
      fc.property(fields, fields, pattern, pattern, options, (former, plain, first, second, option) => {
        const indexes = [first, second].map(
          (key, n) => new CollectionIndex(doc({ key, name: `index ${n}`, ...(n === 0 ? option : {}) })),
        );
        const [one, other] = [former, plain].map((values) => {
          const bytes = encodeDocument(doc(values));
          return { bytes, document: decodeDocument(bytes) };
        }) as [Encoded, Encoded];
        const wanted = outcome(() =>
          indexes.map((index) => [index.keysOf(other.document), index.keysOf(one.document)]),
        );
        const maker = new KeyMaker(indexes);
        const made = outcome(() => {
          const late = new LateKeys();
          maker.writeChange(7, one, before, other, after, late);
          return indexes.map((index, at) => {
            const kept = late.of(7)?.[at];
            // told later: what the document had, and the keys that it has now
            return kept ? [index.keysOf(other.document), kept] : [keysIn(after, at), keysIn(before, at)];
          });
        });
        if (typeof made === 'string' || typeof wanted === 'string') {
          // what both have in common was refused before
          if (typeof made === 'string') expect(made).to.equal(wanted);
          return;
        }
        for (const [at, keys] of made.entries()) {
          const [kept, gone] = wanted[at] as readonly (readonly string[])[];
          if (keys.flat().length > 0) expect(keys).to.deep.equal(wanted[at]);
          else expect(kept).to.deep.equal(gone);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('are those of each of several documents that are alike', () => {
    const index = new CollectionIndex(doc({ key: { b: 1, 'c.x': -1 }, name: 'index' }));
    const maker = new KeyMaker([index]);
    const keys = new DocumentKeys();
    fc.assert(
      fc.property(fields, (plain) => {
        const bytes = encodeDocument(doc(plain));
        const document = decodeDocument(bytes);
        const wanted = outcome(() => index.keysOf(document));
        const made = outcome(() => {
          maker.write({ bytes, document }, keys);
          return keysIn(keys, 0);
        });
        expect(made).to.deep.equal(wanted);
      }),
      { numRuns: 500 },
    );
  });

  it('note an empty array on the way as any other', () => {
    const index = new CollectionIndex(doc({ key: { 'a.x': 1, 'a.y': 1 }, name: 'index' }));
    const bytes = encodeDocument(doc({ a: [] }));
    new KeyMaker([index]).write({ bytes, document: decodeDocument(bytes) }, new DocumentKeys());
    expect(index.multikey).to.equal(true);
    expect([...index.arrayFields]).to.deep.equal(['a.x', 'a.y']);
  });

  it('take what would be behind an empty array for nothing, and the empty array for less than that', () => {
    const index = new CollectionIndex(doc({ key: { a: 1, 'a.x': -1 }, name: 'index' }));
    const maker = new KeyMaker([index]);
    const keysOf = (fields: Record<string, unknown>) => {
      const bytes = encodeDocument(doc(fields));
      const keys = new DocumentKeys();
      maker.write({ bytes, document: decodeDocument(bytes) }, keys);
      expect(keysIn(keys, 0)).to.deep.equal([...index.keysOf(doc(fields))]);
      return keysIn(keys, 0);
    };
    const [empty = ''] = keysOf({ a: [] });
    const [missing = ''] = keysOf({});
    expect(empty < missing).to.equal(true);
    expect(empty.slice(1)).to.equal(missing.slice(1));
    const behind = new KeyMaker([new CollectionIndex(doc({ key: { 'a.x': 1 }, name: 'index', unique: true }))]);
    const change = (before: object, after: object) => {
      const [former, next] = [before, after].map((fields) => {
        const bytes = encodeDocument(doc({ ...fields }));
        return { bytes, document: decodeDocument(bytes) };
      });
      const keys = new DocumentKeys();
      behind.writeChange(0, former as Encoded, new DocumentKeys(), next as Encoded, keys, new LateKeys());
      return keys;
    };
    expect(keysIn(change({ a: [] }, { a: { x: [] } }), 0)).to.have.length(1);
  });

  it('are made of nothing that cannot be decoded', () => {
    const byte = fc.record({ at: fc.nat(200), to: fc.nat(255) });
    fc.assert(
      fc.property(fields, fc.array(byte, { maxLength: 3 }), (plain, changes) => {
        const bytes = encodeDocument(doc(plain));
        for (const { at, to } of changes) bytes[at % bytes.length] = to;
        const decoded = outcome(() => decodeDocument(bytes));
        const checked = outcome(() => assertValid(bytes));
        if (typeof checked !== 'string') expect(decoded).to.be.instanceOf(Map);
      }),
      { numRuns: 1_000 },
    );
  });
});
