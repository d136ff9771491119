import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { encodeList, LIST_BITS, readBit } from '../../../providers/openbadges/status-list.ts';

describe('the bits of a status list', () => {
  it('are as many as the standard wants at least, one per badge (UD10)', () => {
    const bytes = gunzipSync(Buffer.from(encodeList([]).slice(1), 'base64url'));
    expect(bytes.length * 8).to.equal(131_072);
  });

  it('begin at the left: index 9 is the second bit of the second byte (UD10)', () => {
    const bytes = gunzipSync(Buffer.from(encodeList([9]).slice(1), 'base64url'));
    expect([...bytes.subarray(0, 11)]).to.deep.equal([0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(readBit(encodeList([9]), 79)).to.equal(false);
  });

  it('say of exactly those that were set that they are', () => {
    const index = fc.integer({ min: 0, max: LIST_BITS - 1 });
    fc.assert(
      fc.property(fc.uniqueArray(index, { maxLength: 30 }), index, (set, other) => {
        const list = encodeList(set);
        for (const one of set) expect(readBit(list, one)).to.equal(true);
        expect(readBit(list, other)).to.equal(set.includes(other));
      }),
      { numRuns: 20 },
    );
  });

  it('are not read from what is no list, is too short, or has no such bit', () => {
    expect(readBit(encodeList([]), LIST_BITS)).to.equal(null);
    expect(readBit(encodeList([], 80_000), 9)).to.equal(null);
    for (const text of ['', 'uAAAA', encodeList([]).slice(1), 'z123']) expect(readBit(text, 0)).to.equal(null);
  });
});
