import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from 'bson';
import { expect } from 'chai';
import fc from 'fast-check';
import { decodeDocument, encodeDocument } from '../../../server/store/bson.ts';
import { assertValid } from '../../../server/store/field-finder.ts';
import { refusal } from './support/documents.ts';

describe('BSON values of the store', () => {
  it('give back the bytes they were read from, for every type', () => {
    const bytes = Buffer.from(
      serialize({
        int: new Int32(1),
        double: new Double(1),
        negativeZero: new Double(-0),
        fraction: 1.5,
        nan: Number.NaN,
        large: 2 ** 40,
        long: Long.fromString('9007199254740993'),
        smallLong: Long.fromNumber(1),
        decimal: Decimal128.fromString('1.10'),
        text: 'grün 🌿 \0 end',
        none: null,
        yes: true,
        at: new Date(1),
        id: new ObjectId(),
        bytes: new Binary(Buffer.from('abc'), 0),
        old: new Binary(Buffer.from('abc'), 2),
        pattern: new BSONRegExp('^a', 'i'),
        code: new Code('x'),
        stamp: new Timestamp({ t: 5, i: 6 }),
        after2038: new Timestamp({ t: 0xffffffff, i: 0x80000000 }),
        least: new MinKey(),
        most: new MaxKey(),
        nested: { list: [1, [2, { a: new Double(3) }], {}], empty: {} },
      }),
    );
    expect(encodeDocument(decodeDocument(bytes)).equals(bytes)).to.equal(true);
  });

  it('keep the order of fields, numbers as names included', () => {
    const order = ['b', '10', 'a', '2', '__proto__'];
    const document = new Map(order.map((name, index) => [name, index]));
    expect([...decodeDocument(encodeDocument(document)).keys()]).to.deep.equal(order);
  });

  it('do not mix up names whose bytes look like the characters of another', () => {
    for (const name of ['Ã©', 'é', 'Ã©', 'ab', 'é']) {
      expect([...decodeDocument(encodeDocument(new Map([[name, 1]]))).keys()]).to.deep.equal([name]);
    }
  });

  it('keep any JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((name) => !name.includes('\0')),
          fc.jsonValue(),
        ),
        (fields) => {
          const bytes = Buffer.from(serialize(fields));
          expect(encodeDocument(decodeDocument(bytes)).equals(bytes)).to.equal(true);
        },
      ),
    );
  });

  it('refuse deprecated types by number', () => {
    const bytes = Buffer.from(serialize({ s: new BSONSymbol('x') }));
    expect(refusal(() => decodeDocument(bytes))).to.equal(
      '115 the embedded store does not support the deprecated BSON type 0x0e; set MONGODB_URI to a MongoDB server to use it',
    );
  });

  it('refuse a regular expression with an option that does not exist, read or only kept', () => {
    const bytes = Buffer.from(serialize({ r: new BSONRegExp('a', 'i') }));
    bytes[bytes.lastIndexOf('i')] = 'q'.charCodeAt(0);
    for (const act of [() => decodeDocument(bytes), () => assertValid(bytes)])
      expect(refusal(act)).to.equal(
        '2 the document is not valid BSON: a regular expression has an option that does not exist',
      );
  });

  it('refuse bytes cut anywhere', () => {
    const bytes = Buffer.from(serialize({ a: 'text', b: [1, { c: 2 }], d: new ObjectId() }));
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(() => decodeDocument(bytes.subarray(0, length)))).to.match(/^2 the document is not valid BSON/);
    }
  });
});
