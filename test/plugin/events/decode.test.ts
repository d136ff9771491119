import { expect } from 'chai';
import fc from 'fast-check';
import { toInstant } from '../../../dsl/index.ts';
import { EventError } from '../../../plugin/errors.ts';
import { encodeAvro } from '../../../plugin/events/avro.ts';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { decodeCloudEvent, decodeEvent, toCloudEvent, toRuleEvent } from '../../../plugin/events/decode.ts';
import { cloudEvent, dataOf, PASSING, passingStatus } from './samples.ts';

function refusal(value: unknown): readonly [code: string, message: string] {
  try {
    decodeCloudEvent(value);
  } catch (error) {
    expect(error).to.be.instanceOf(EventError);
    return [(error as EventError).code, (error as EventError).message];
  }
  throw new Error('nothing was refused');
}

/** The sample with one value of its payload changed; undefined removes it. */
function withPayload(path: string, value: unknown): Record<string, unknown> {
  const data = passingStatus();
  const segments = path.split('.');
  const last = segments.pop() as string;
  const parent = segments.reduce(
    (at, segment) => at[segment] as Record<string, unknown>,
    data.course_passing_status as Record<string, unknown>,
  );
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return cloudEvent({ data });
}

describe('decoding events', () => {
  it('reads a structured CloudEvent, the time to the microsecond', () => {
    const event = decodeCloudEvent(cloudEvent());
    expect(event).to.deep.equal({
      id: '7b1d3c3e-0f6b-11f1-9d0f-0242ac120002',
      type: PASSING,
      source: 'openedx/lms/web',
      time: '2026-01-01T00:00:00.123456000Z',
      payload: passingStatus().course_passing_status,
      user: { lmsUserId: 42, username: 'ada', email: 'ada@example.com', name: 'Ada L', isActive: true },
    });
    expect(toRuleEvent(event)).to.have.all.keys('id', 'type', 'source', 'time', 'payload');
  });

  it('reads the same event from Avro bytes and from Avro in base64', () => {
    const bytes = encodeAvro(eventCatalogue.get(PASSING)!, passingStatus());
    const { data, ...attributes } = cloudEvent();
    const plain = decodeCloudEvent(cloudEvent());
    expect(
      decodeEvent({ ...(attributes as { id: string; type: string; source: string; time: string }), data: bytes }),
    ).to.deep.equal(plain);
    const base64 = { ...attributes, datacontenttype: 'application/avro', data_base64: bytes.toString('base64') };
    expect(decodeCloudEvent(base64)).to.deep.equal(plain);
    expect(data).to.be.an('object');
  });

  it('gives back through CloudEvents what it read, for every event type', () => {
    for (const type of eventCatalogue.values()) {
      fc.assert(
        fc.property(dataOf(type), (data) => {
          if (type.learner !== null) Object.assign(userIn(data, type.payload, type.learner), { username: 'ada' });
          const event = decodeCloudEvent(cloudEvent({ type: type.name, data }));
          expect(decodeCloudEvent(JSON.parse(JSON.stringify(toCloudEvent(event))))).to.deep.equal(
            JSON.parse(JSON.stringify(event)),
          );
        }),
        { numRuns: 4 },
      );
    }
  });

  it('writes an event to be published with its own source', () => {
    const event = { id: 'e1', type: PASSING, time: toInstant('2026-03-01T10:00:00Z')!, data: passingStatus() };
    expect(toCloudEvent(event, '/laurel/badges')).to.deep.equal({
      ...cloudEvent({ id: 'e1', source: '/laurel/badges', time: '2026-03-01T10:00:00Z' }),
    });
  });

  const malformed: readonly (readonly [string, unknown, string])[] = [
    ['text', 'hello', 'the event must be a JSON object in CloudEvents 1.0 form'],
    ['null', null, 'the event must be a JSON object in CloudEvents 1.0 form'],
    ['another version', cloudEvent({ specversion: '0.3' }), 'the event\'s field specversion must be "1.0"'],
    [
      'an id that would pass for lines of ours',
      cloudEvent({ id: 'e1\r\n{"level":"error"}\u001b[2J' }),
      "the event's field id must not hold line ends or other control characters",
    ],
    [
      'a source that a terminal would obey',
      cloudEvent({ source: 'lms\u009b2J' }),
      "the event's field source must not hold line ends or other control characters",
    ],
    ['no id', cloudEvent({ id: undefined }), "the event's field id is missing; every event carries it as text"],
    [
      'an endless id',
      cloudEvent({ id: 'x'.repeat(513) }),
      "the event's field id must not be longer than 512 characters",
    ],
    [
      'a number as source',
      cloudEvent({ source: 1 }),
      "the event's field source is missing; every event carries it as text",
    ],
    [
      'no such day',
      cloudEvent({ time: '2026-02-30T00:00:00Z' }),
      "the event's field time must be a date and time such as 2026-03-01T10:00:00Z",
    ],
    ['no data', cloudEvent({ data: undefined }), "the event's field data must be an object"],
    [
      'another top-level field',
      cloudEvent({ data: { x: {} } }),
      "the event's field data.course_passing_status must be an object",
    ],
    [
      'data of another kind',
      cloudEvent({ datacontenttype: 'text/xml' }),
      "the event's field datacontenttype must be application/json beside data",
    ],
    [
      'data twice',
      cloudEvent({ data_base64: '' }),
      "the event's field data_base64 must not stand beside data; keep one",
    ],
    [
      'bad base64',
      { ...cloudEvent({ data_base64: '!', datacontenttype: 'application/avro' }), data: undefined },
      "the event's field data_base64 must be base64 text",
    ],
    ['a text for a flag', withPayload('is_passing', 'true'), "the event's field is_passing must be true or false"],
    ['a number for a key', withPayload('course.course_key', 1), "the event's field course.course_key must be text"],
    [
      'a fraction for an id',
      withPayload('user.id', 4.5),
      "the event's field user.id must be a whole number below 2^53",
    ],
    [
      'an id that lost digits',
      withPayload('user.id', 2 ** 53),
      "the event's field user.id must be a whole number below 2^53",
    ],
    ['a list for a record', withPayload('course', []), "the event's field course must be an object"],
    [
      'a bottomless field',
      withPayload('extra', nested(40)),
      "the event's field data must not be nested deeper than 32 levels",
    ],
    [
      'an endless list',
      withPayload('extra', Array(20_001).fill(0)),
      "the event's field data must not hold more than 20000 values",
    ],
    [
      'more text than the event log can keep',
      withPayload('extra', ['x'.repeat(600_000), 'y'.repeat(600_000)]),
      "the event's field data must not hold more than 1048576 characters of text",
    ],
    [
      'a prototype',
      withPayload('extra', JSON.parse('{"__proto__": {"x": 1}}')),
      "the event's field data must not hold a field named __proto__",
    ],
  ];
  for (const [name, value, message] of malformed) {
    it(`refuses ${name}, naming the field`, () => {
      expect(refusal(value)).to.deep.equal(['event.malformed', message]);
    });
  }

  it('refuses an unknown type with the nearest known one, and does not repeat unreadable names', () => {
    const [code, message] = refusal(cloudEvent({ type: 'org.openedx.learning.course.passing.status.updated.v2' }));
    expect(code).to.equal('event.unknown-type');
    expect(message).to.equal(
      `the event type org.openedx.learning.course.passing.status.updated.v2 is not in the catalogue; did you mean ${PASSING}?`,
    );
    expect(refusal(cloudEvent({ type: 'ada@example.com wrote' }))[1]).to.equal(
      'the event type with an unreadable name is not in the catalogue',
    );
  });

  it('keeps unknown fields, and takes absent and null ones for absent', () => {
    const event = decodeCloudEvent(withPayload('course.language', 'en'));
    expect(event.payload).to.have.nested.property('course.language', 'en');
    expect(decodeCloudEvent(withPayload('is_passing', undefined)).payload).to.not.have.property('is_passing');
    expect(decodeCloudEvent(withPayload('is_passing', null)).payload).to.have.property('is_passing', null);
  });

  for (const [name, value] of [
    ['no user', withPayload('user', undefined)],
    ['no personal data', withPayload('user.pii', null)],
    ['an empty username', withPayload('user.pii.username', ' ')],
  ] as const) {
    it(`refuses an event about a learner with ${name}`, () => {
      expect(refusal(value)).to.deep.equal([
        'event.no-user',
        'the event names no learner: user.pii.username is missing',
      ]);
    });
  }

  it('has no user where the type concerns no learner', () => {
    const data = { course: { course_key: 'course-v1:Acme+CS1+2026' } };
    const event = decodeCloudEvent(cloudEvent({ type: 'org.openedx.content_authoring.course.created.v1', data }));
    expect(event.user).to.equal(null);
  });

  it('takes the user id 0, or none, for unknown', () => {
    expect(decodeCloudEvent(withPayload('user.id', 0)).user?.lmsUserId).to.equal(null);
    expect(decodeCloudEvent(withPayload('user.id', undefined)).user?.lmsUserId).to.equal(null);
  });

  it('takes the student of an exam attempt for the learner, whoever asked for the change', () => {
    const userNamed = (username: string) => ({ id: 1, is_active: true, pii: { username, email: '', name: '' } });
    const data = {
      exam_attempt: {
        student_user: userNamed('ada'),
        course_key: 'course-v1:Acme+CS1+2026',
        usage_key: '',
        exam_type: 'timed',
        requesting_user: userNamed('grace'),
      },
    };
    const event = decodeCloudEvent(cloudEvent({ type: 'org.openedx.learning.exam.attempt.reset.v1', data }));
    expect(event.user?.username).to.equal('ada');
  });

  it('answers any JSON value with an event or an EventError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (anything, payload) => {
        for (const value of [
          anything,
          cloudEvent({ data: anything }),
          cloudEvent({ data: { course_passing_status: payload } }),
        ]) {
          try {
            decodeCloudEvent(value);
          } catch (error) {
            expect(error).to.be.instanceOf(EventError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never repeats personal data in its messages', () => {
    for (const value of [withPayload('user.pii.username', 7), withPayload('user.pii.email', ['secret@example.com'])])
      expect(refusal(value)[1]).to.not.contain('secret');
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? {} : { deeper: nested(depth - 1) };
}

function userIn(data: Record<string, unknown>, payload: string, learner: string): object {
  let at = data[payload] as Record<string, unknown>;
  for (const segment of learner === '' ? [] : learner.split('.')) at = at[segment] as Record<string, unknown>;
  return at.pii as object;
}
