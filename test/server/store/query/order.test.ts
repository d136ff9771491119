import { Binary, BSONRegExp, Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { expect } from 'chai';
import fc from 'fast-check';
import type { BsonValue } from '../../../../server/store/bson.ts';
import { compareValues, encodeKey, encodeTextPrefix, invertKey } from '../../../../server/store/query/order.ts';

const decimal = (text: string) => Decimal128.fromString(text);

describe('the order of BSON values', () => {
  it('goes by type first, then by value', () => {
    const ascending: BsonValue[] = [
      new MinKey(),
      null,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      -1,
      0,
      new Double(1),
      '',
      'a',
      'ab',
      'b',
      new Map(),
      new Map([['a', 1]]),
      new Map([['b', 0]]),
      [],
      [1],
      [1, 2],
      [2],
      new Binary(Buffer.from('z')),
      new Binary(Buffer.from('aa')),
      new ObjectId('000000000000000000000001'),
      new ObjectId('ff0000000000000000000000'),
      false,
      true,
      new Date(-5),
      new Date(0),
      new Timestamp({ t: 1, i: 9 }),
      new Timestamp({ t: 2, i: 0 }),
      new BSONRegExp('a'),
      new MaxKey(),
    ];
    for (const [index, value] of ascending.entries()) {
      for (const [other, larger] of ascending.entries()) {
        expect(Math.sign(compareValues(value, larger)), `${index} and ${other}`).to.equal(Math.sign(index - other));
      }
    }
  });

  it('knows that numbers of different types can be equal, and that huge ones are not', () => {
    expect(compareValues(1, new Double(1))).to.equal(0);
    expect(compareValues(1, Long.fromNumber(1))).to.equal(0);
    expect(compareValues(1, decimal('1.00'))).to.equal(0);
    expect(compareValues(0, new Double(-0))).to.equal(0);
    expect(compareValues(Long.fromString('9007199254740993'), 9007199254740992)).to.equal(1);
    expect(compareValues(Long.fromString('-9007199254740993'), -9007199254740992)).to.equal(-1);
    // The double 0.1 is a little more than a tenth.
    expect(compareValues(decimal('0.1'), 0.1)).to.equal(-1);
    expect(compareValues(decimal('1E+400'), Number.MAX_VALUE)).to.equal(1);
    expect(compareValues(decimal('1E+400'), Number.POSITIVE_INFINITY)).to.equal(-1);
    expect(compareValues(decimal('1E-6000'), 0)).to.equal(1);
    expect(compareValues(decimal('-1E-6000'), 0)).to.equal(-1);
  });

  it('is the numeric order for any two numbers', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        const [left, right] = [encodeKey(a), encodeKey(b)];
        expect(left < right).to.equal(a < b);
        expect(left === right).to.equal(a === b);
      }),
    );
  });

  it('is the exact order for any two int64', () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(int64, int64, (a, b) => {
        const order = encodeKey(Long.fromBigInt(a)) < encodeKey(Long.fromBigInt(b));
        expect(order).to.equal(a < b);
      }),
    );
  });

  it('is the UTF-8 order for any two strings, zeros and surrogates included', () => {
    const text = fc.string({ unit: fc.constantFrom('\0', 'a', 'b', '\u0001', 'é', '\uffee', '😀') });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareValues(a, b))).to.equal(Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(encodeKey(a + b).startsWith(encodeTextPrefix(a))).to.equal(true);
      }),
    );
  });

  it('turns round for descending fields', () => {
    const text = fc.string();
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(invertKey(encodeKey(a)) < invertKey(encodeKey(b))).to.equal(encodeKey(a) > encodeKey(b));
      }),
    );
  });
});
