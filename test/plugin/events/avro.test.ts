import { expect } from 'chai';
import fc from 'fast-check';
import type { EventType } from '../../../dsl/index.ts';
import { EventError } from '../../../plugin/errors.ts';
import { decodeAvro, encodeAvro } from '../../../plugin/events/avro.ts';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { dataOf, PASSING, passingStatus } from './samples.ts';

const passing = eventCatalogue.get(PASSING) as EventType;

/** 56 bytes written by hand from the Avro specification. */
const VECTOR = Buffer.from(
  '01 2e 636f757273652d76313a41636d652b4353312b32303236 00 00 00 54 01 06 616461 1e 616461406578616d706c652e636f6d 0a 416461204c'.replaceAll(
    ' ',
    '',
  ),
  'hex',
);

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).to.be.instanceOf(EventError);
    expect((error as EventError).code).to.equal('event.malformed');
    return (error as EventError).message;
  }
  throw new Error('nothing was refused');
}

describe('schemaless Avro', () => {
  it('reads the hand-made vector into plain objects', () => {
    expect(VECTOR).to.have.length(56);
    const data = decodeAvro(passing, VECTOR);
    expect(data).to.deep.equal(passingStatus());
    expect(Object.getPrototypeOf(data.course_passing_status)).to.equal(Object.prototype);
  });

  it('writes the hand-made vector', () => {
    expect(encodeAvro(passing, passingStatus()).toString('hex')).to.equal(VECTOR.toString('hex'));
  });

  it('gives back what it wrote, for every event type', () => {
    for (const type of eventCatalogue.values()) {
      fc.assert(
        fc.property(dataOf(type), (data) => {
          expect(decodeAvro(type, encodeAvro(type, data))).to.deep.equal(data);
        }),
        { numRuns: 8 },
      );
    }
  });

  it('names the field at which missing bytes cut it off, wherever that is', () => {
    for (let length = 0; length < VECTOR.length; length += 1)
      expect(refusal(() => decodeAvro(passing, VECTOR.subarray(0, length)))).to.contain('cut off');
    expect(refusal(() => decodeAvro(passing, VECTOR.subarray(0, 40)))).to.equal(
      'the field course_passing_status.user.pii.email of the Avro body is cut off: the bytes end there',
    );
  });

  it('refuses bytes left over', () => {
    expect(refusal(() => decodeAvro(passing, Buffer.concat([VECTOR, Buffer.from([0, 0])])))).to.equal(
      'the Avro body has 2 bytes left over after the last field',
    );
  });

  it('refuses whole numbers from 2^52 on in both directions, where the codec would be off by one', () => {
    const withId = (id: number) => {
      const data = passingStatus();
      Object.assign((data.course_passing_status as { user: object }).user, { id });
      return data;
    };
    for (const id of [2 ** 52 - 1, -(2 ** 52)])
      expect(decodeAvro(passing, encodeAvro(passing, withId(id)))).to.deep.equal(withId(id));
    for (const id of [2 ** 52, -(2 ** 52) - 1])
      expect(refusal(() => encodeAvro(passing, withId(id)))).to.contain('beyond 2^52');
    const id = VECTOR.indexOf(Buffer.from([0x54, 0x01]));
    const huge = Buffer.concat([
      VECTOR.subarray(0, id),
      Buffer.from('80808080808080808001', 'hex'),
      VECTOR.subarray(id + 1),
    ]);
    expect(refusal(() => decodeAvro(passing, huge))).to.equal(
      'the field course_passing_status.user.id of the Avro body is a whole number beyond 2^52, which cannot be kept exactly',
    );
  });

  it('does not make room for the items that a list only claims to have', () => {
    const type = eventCatalogue.get('org.openedx.learning.user.notification.requested.v1') as EventType;
    const claims = Buffer.from('feffffffffff0f', 'hex');
    expect(refusal(() => decodeAvro(type, claims))).to.equal(
      'the field notification_data.user_ids of the Avro body claims to have more items than there are bytes',
    );
  });

  it('refuses a map key that would change the prototype', () => {
    const type = eventCatalogue.get('org.openedx.learning.course.notification.requested.v1') as EventType;
    const empty = '00';
    const key = `12${Buffer.from('__proto__').toString('hex')}`;
    const body = Buffer.from(`${empty.repeat(4)}02${key}${empty}00${'00'}`, 'hex');
    expect(refusal(() => decodeAvro(type, body))).to.contain('__proto__');
  });

  it('answers any bytes with data or an EventError', () => {
    const types = [...eventCatalogue.values()];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 200 }), (type, bytes) => {
        try {
          decodeAvro(type, bytes);
        } catch (error) {
          expect(error).to.be.instanceOf(EventError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('names the first field that cannot be written', () => {
    const data = { course_passing_status: { ...(passingStatus().course_passing_status as object), is_passing: 'yes' } };
    expect(refusal(() => encodeAvro(passing, data))).to.equal(
      `the field course_passing_status.is_passing does not fit the event type ${PASSING}`,
    );
  });
});
