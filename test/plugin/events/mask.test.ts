import { expect } from 'chai';
import fc from 'fast-check';
import type { FieldType } from '../../../dsl/index.ts';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { HIDDEN, isHidden, maskBody, maskPayload } from '../../../plugin/events/mask.ts';
import { PASSING, passingStatus } from './samples.ts';

const ENROLMENT = 'org.openedx.learning.course.enrollment.created.v1';

describe('masking a payload', () => {
  it('hides what tells of a person, wherever it occurs, and leaves the rest', () => {
    const person = (id: number) => ({
      id,
      is_active: true,
      pii: { username: 'ann', email: 'ann@example.org', name: 'Ann' },
    });
    const hidden = (id: number) => ({
      id,
      is_active: true,
      pii: { username: HIDDEN, email: HIDDEN, name: HIDDEN },
    });
    const course = {
      course_key: 'course-v1:A+B+C',
      display_name: 'A course',
      start: null,
      end: '2026-01-01T00:00:00Z',
    };
    const rest = { mode: 'audit', is_active: true, creation_date: '2026-01-01T00:00:00Z' };
    expect(
      maskPayload(eventCatalogue.get(ENROLMENT), { user: person(7), course, ...rest, created_by: person(8) }),
    ).to.deep.equal({ user: hidden(7), course, ...rest, created_by: hidden(8) });
  });

  it('hides fields that the type does not know, values of another kind, and everything of an unknown type', () => {
    const type = eventCatalogue.get(ENROLMENT);
    const odd = {
      nickname: 'annie',
      extra: { deep: ['x'] },
      mode: { first: 'Ann' },
      is_active: 'Ann',
      course: ['Ann'],
    };
    expect(maskPayload(type, odd)).to.deep.equal({
      nickname: HIDDEN,
      extra: HIDDEN,
      mode: HIDDEN,
      is_active: HIDDEN,
      course: HIDDEN,
    });
    expect(maskPayload(type, { nickname: null, mode: '' })).to.deep.equal({ nickname: null, mode: '' });
    expect(maskPayload(undefined, { is_passing: true, name: 'Ann' })).to.deep.equal({
      is_passing: HIDDEN,
      name: HIDDEN,
    });
  });

  it('is said of a path as well', () => {
    const type = eventCatalogue.get(ENROLMENT);
    const hidden = (path: string) => isHidden(type, path.split('.'));
    expect(['user.pii.email', 'nickname', 'course.nickname'].map(hidden)).to.deep.equal([true, true, true]);
    const shown = ['mode', 'is_active', 'user.id', 'user.pii', 'course.course_key', 'course', 'creation_date'];
    expect(shown.filter(hidden)).to.deep.equal([]);
    expect(isHidden(undefined, ['mode'])).to.equal(true);
  });

  it('lets no text of a person through, whatever the type and whatever else came along', () => {
    const secret = 'Zoë-secret';
    const anything = fc
      .jsonValue()
      .map((value) => JSON.parse(JSON.stringify(value), (_, v) => (typeof v === 'string' ? secret : v)));
    fc.assert(
      fc.property(fc.constantFrom(...eventCatalogue.values()), anything, (type, extra) => {
        const payload = {
          ...Object.fromEntries(type.fields.map(({ name, type: of }) => [name, sample(of, name, secret)])),
          extra,
          [`new_${type.payload}`]: extra,
        };
        expect(JSON.stringify(maskPayload(type, payload))).not.to.include(secret);
      }),
    );
  });
});

/** A value of the type in which every text that could tell of a person does. */
function sample(type: FieldType, name: string, secret: string): unknown {
  switch (type.kind) {
    case 'boolean':
      return true;
    case 'number':
      return 1;
    case 'string':
      return /^(username|email|name|title|body|user_id|coach_email|subject|context|data|description|roles?|url)$/.test(
        name,
      ) && name !== 'role'
        ? secret
        : 'x';
    case 'record':
      return Object.fromEntries(type.fields.map((field) => [field.name, sample(field.type, field.name, secret)]));
    case 'list':
      return [sample(type.items, name, secret), null];
    case 'map':
      return { [secret]: sample(type.values, name, secret) };
  }
}

describe('masking a body as it came', () => {
  const type = eventCatalogue.get(PASSING);
  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
  const mask = (value: unknown) => JSON.parse(maskBody(type, bytes(value)) ?? 'null') as unknown;

  it('shows the payload of its type without the person, and of another one nothing but names', () => {
    expect(mask(passingStatus())).to.deep.equal({
      course_passing_status: maskPayload(type, passingStatus().course_passing_status as never),
    });
    expect(mask({ remark: 'Ada L', user_id: 7, course_passing_status: 'Ada', empty: null })).to.deep.equal({
      ...{ remark: HIDDEN, user_id: HIDDEN, course_passing_status: HIDDEN, empty: null },
    });
    expect(JSON.parse(maskBody(undefined, bytes(passingStatus())) ?? '')).to.deep.equal({
      course_passing_status: HIDDEN,
    });
  });

  it('shows nothing of what is not a JSON object', () => {
    for (const text of ['ada@example.com', '"ada"', '["ada"]', ''])
      expect(maskBody(type, Buffer.from(text)), text).to.equal(null);
  });

  it('never shows what is under user, whatever its form', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (inner) => {
        const user = { inner: inner as never, note: 'ada@example.com' };
        const text = JSON.stringify({ course_passing_status: { user }, event: { user } });
        expect(maskBody(type, Buffer.from(text))).to.not.contain('ada@example.com');
      }),
    );
  });
});
