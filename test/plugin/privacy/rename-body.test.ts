import { expect } from 'chai';
import fc from 'fast-check';
import { renamedBody } from '../../../plugin/privacy/rename-body.ts';

const AVRO = 'application/avro';
/** As Avro has it: the length, doubled, in groups of seven bits, and the bytes. */
function avro(...texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const double = bytes.length * 2;
      return [Buffer.from(double < 128 ? [double] : [(double & 127) | 128, double >> 7]), bytes];
    }),
  );
}
const renamed = (body: Buffer, type: string | null, former = 'zelda', next = 'link') => {
  const found = renamedBody(body, type, former, next);
  return found && Buffer.from(found);
};

describe('another username in a body', () => {
  it('stands in JSON as JSON has it, and leaves addresses alone', () => {
    const body = Buffer.from('{"username":"zelda","email":"zelda@example.org"}');
    expect(renamed(body, 'application/json', 'zelda', 'li"nk')?.toString()).to.equal(
      '{"username":"li\\"nk","email":"zelda@example.org"}',
    );
    expect(renamed(Buffer.from('{"username":"griselda"}'), 'application/json')).to.equal(null);
  });

  it('is found among bytes that are no text, which stay as they are', () => {
    const broken = Buffer.concat([
      Buffer.from('{"u":"zelda",'),
      Buffer.from([0xff, 0x00, 0xe9]),
      Buffer.from('zeldas'),
    ]);
    expect(renamed(broken, 'application/json')).to.deep.equal(
      Buffer.concat([Buffer.from('{"u":"link",'), Buffer.from([0xff, 0x00, 0xe9]), Buffer.from('zeldas')]),
    );
    const accented = Buffer.concat([Buffer.from([0xff]), Buffer.from('"zoë"')]);
    expect(renamed(accented, null, 'zoë', 'chloé')).to.deep.equal(
      Buffer.concat([Buffer.from([0xff]), Buffer.from('"chloé"')]),
    );
  });

  it('changes the length in Avro with it, and no part of a longer text', () => {
    expect(renamed(avro('a', 'Zelda', 'to zelda, from', 'zelda'), AVRO)).to.deep.equal(
      avro('a', 'link', 'to zelda, from', 'link'),
    );
    expect(renamed(avro('zelda of the castle'), AVRO)).to.equal(null);
    const long = 'z'.repeat(70);
    expect(renamed(avro('x', long), AVRO, long, 'y'.repeat(64))).to.deep.equal(avro('x', 'y'.repeat(64)));
  });

  it('and back again is what it was', () => {
    const name = fc.stringMatching(/^[a-z]{4,80}$/);
    fc.assert(
      fc.property(name, name, fc.array(fc.string({ maxLength: 60 })), (former, next, others) => {
        fc.pre(![former, next].some((one) => others.some((other) => other.toLowerCase().includes(one))));
        fc.pre(!former.includes(next) && !next.includes(former));
        const body = avro(...others, former);
        const there = renamed(body, AVRO, former, next);
        expect(there && renamed(there, AVRO, next, former)).to.deep.equal(body);
      }),
    );
  });
});
