import { expect } from 'chai';
import fc from 'fast-check';
import { type EventType, toInstant } from '../../../dsl/index.ts';
import { EventError } from '../../../plugin/errors.ts';
import { encodeAvro } from '../../../plugin/events/avro.ts';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { eventFromMessage, MAX_BODY_BYTES, messageFromEvent } from '../../../server/amqp/envelope.ts';
import { cloudEvent, PASSING, passingStatus } from '../../plugin/events/samples.ts';

const headers = {
  ce_type: PASSING,
  ce_id: 'e1',
  ce_source: 'openedx/lms/web',
  ce_specversion: '1.0',
  ce_time: '2026-01-01T00:00:00.123456+00:00',
  ce_minorversion: '0',
  sourcehost: 'lms-0',
  sourcelib: '11.2.0',
};
const json = Buffer.from(JSON.stringify(passingStatus()));

function refusal(content: Buffer, properties: Parameters<typeof eventFromMessage>[0]['properties']): string {
  try {
    eventFromMessage({ content, properties });
  } catch (error) {
    expect(error).to.be.instanceOf(EventError).with.property('code', 'event.malformed');
    return (error as EventError).message;
  }
  throw new Error('nothing was refused');
}

describe('the message contract', () => {
  const event = eventFromMessage({ content: json, properties: { headers, contentType: 'application/json' } });

  it('reads the metadata from the headers and the event data from a JSON body', () => {
    expect(event).to.deep.equal({
      id: 'e1',
      type: PASSING,
      source: 'openedx/lms/web',
      time: '2026-01-01T00:00:00.123456000Z',
      payload: passingStatus().course_passing_status,
      user: { lmsUserId: 42, username: 'ada', email: 'ada@example.com', name: 'Ada L', isActive: true },
    });
  });

  it('reads the same from header values that are bytes, and from the content type in a header as on Kafka', () => {
    const bytes = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]));
    const properties = { headers: { ...bytes, 'content-type': Buffer.from('application/json') } };
    expect(eventFromMessage({ content: json, properties })).to.deep.equal(event);
  });

  it('reads the same from Avro and from a structured CloudEvent, whose own attributes count', () => {
    const content = encodeAvro(eventCatalogue.get(PASSING) as EventType, passingStatus());
    expect(eventFromMessage({ content, properties: { headers, contentType: 'application/avro' } })).to.deep.equal(
      event,
    );
    const structured = {
      content: Buffer.from(JSON.stringify(cloudEvent({ id: 'e1' }))),
      properties: { headers: { ce_id: 'other' }, contentType: 'application/cloudevents+json' },
    };
    expect(eventFromMessage(structured)).to.deep.equal(event);
  });

  it('takes the message id for the event id where the header is missing', () => {
    const { ce_id: _, ...others } = headers;
    const properties = { headers: others, contentType: 'application/json', messageId: 'm1' };
    expect(eventFromMessage({ content: json, properties }).id).to.equal('m1');
  });

  it('says what is wrong with a message that is none', () => {
    const contentType = 'application/json';
    expect(refusal(json, { headers })).to.equal(
      'the message has no content type that Laurel reads; use application/json, application/avro or application/cloudevents+json',
    );
    expect(refusal(json, { contentType })).to.equal(
      "the event's field type is missing; every event carries it as text",
    );
    expect(refusal(Buffer.from('ada@example.com'), { headers, contentType })).to.equal(
      'the message body is not JSON in UTF-8, although its content type says so',
    );
    expect(refusal(Buffer.from([0x22, 0xff, 0x22]), { headers, contentType })).to.contain('not JSON in UTF-8');
    expect(refusal(Buffer.alloc(MAX_BODY_BYTES + 1), { headers, contentType })).to.equal(
      'the message body is larger than 1048576 bytes',
    );
  });

  it('answers any message with an event or an EventError', () => {
    const contentType = fc.constantFrom('application/json', 'application/avro', 'application/cloudevents+json', 'x', 7);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        contentType,
        fc.dictionary(fc.string(), fc.anything()),
        (body, type, extra) => {
          for (const more of [{}, headers]) {
            try {
              eventFromMessage({
                content: Buffer.from(body),
                properties: { headers: { ...extra, ...more }, contentType: type },
              });
            } catch (error) {
              expect(error).to.be.instanceOf(EventError);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads the trace from the headers of the message, else from the event, and ignores what is none', () => {
    const trace = (letter: string) => ({ traceparent: `00-${letter.repeat(32)}-${letter.repeat(16)}-01` });
    const inEvent = Buffer.from(JSON.stringify({ ...cloudEvent(), ...trace('c') }));
    const read = (content: Buffer, contentType: string, more: object) =>
      eventFromMessage({ content, properties: { headers: { ...headers, ...more }, contentType } }).trace;
    const bytes = Object.fromEntries(Object.entries(trace('a')).map(([name, text]) => [name, Buffer.from(text)]));
    const extension = { ce_traceparent: trace('b').traceparent, ce_tracestate: 'other=1' };
    expect(read(json, 'application/json', bytes)).to.deep.equal(trace('a'));
    expect(read(json, 'application/json', extension)).to.deep.equal({ ...trace('b'), tracestate: 'other=1' });
    expect(read(json, 'application/json', { ...trace('a'), ...extension })).to.deep.equal(trace('a'));
    expect(read(inEvent, 'application/cloudevents+json', {})).to.deep.equal(trace('c'));
    expect(read(inEvent, 'application/cloudevents+json', trace('a'))).to.deep.equal(trace('a'));
    for (const traceparent of ['none', 7, { a: 1 }, null, ['x']])
      expect(read(json, 'application/json', { traceparent })).to.equal(undefined);
  });

  it('writes the trace that it is published from as headers', () => {
    const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'other=1' };
    expect(messageFromEvent({ ...event, trace }).headers).to.include(trace);
  });

  it('gives back what it wrote, received or published', () => {
    const { content, contentType, headers: written, messageId, routingKey } = messageFromEvent(event);
    expect({ messageId, routingKey }).to.deep.equal({ messageId: 'e1', routingKey: PASSING });
    expect(eventFromMessage({ content, properties: { headers: written, contentType } })).to.deep.equal(event);
    const outbound = { id: 'o1', type: PASSING, time: toInstant('2026-03-01T10:00:00Z')!, data: passingStatus() };
    expect(messageFromEvent(outbound, '/laurel').headers).to.deep.equal({
      ce_type: PASSING,
      ce_id: 'o1',
      ce_source: '/laurel',
      ce_specversion: '1.0',
      ce_time: '2026-03-01T10:00:00Z',
      ce_minorversion: '0',
      sourcelib: 'laurel',
    });
  });
});
