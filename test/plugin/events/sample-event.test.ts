import { expect } from 'chai';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { decodeCloudEvent } from '../../../plugin/events/decode.ts';
import { sampleData } from '../../../plugin/events/sample-event.ts';

const wishes = {
  username: 'test-learner',
  name: 'Test Learner',
  email: 'test-learner@example.com',
  courseKey: 'course-v1:AcmeX+STAT101+2026',
  now: new Date('2026-06-01T09:00:00Z'),
  uuid: '00000000-0000-4000-8000-000000000001',
};

function eventOf(name: string) {
  const type = eventCatalogue.get(name);
  if (!type) throw new Error(`no type ${name}`);
  const data = sampleData(type, wishes);
  return decodeCloudEvent({
    specversion: '1.0',
    id: 'e1',
    source: '/test',
    time: '2026-06-01T09:00:00Z',
    type: name,
    data,
  });
}

describe('sample events', () => {
  for (const [name, { learner }] of eventCatalogue) {
    it(`are valid: ${name}`, () => {
      const { user } = eventOf(name);
      if (learner === null) expect(user).to.equal(null);
      else expect(user).to.include({ username: 'test-learner', name: 'Test Learner', lmsUserId: null, isActive: true });
    });
  }

  it('pass the course that is wished for', () => {
    const { payload } = eventOf('org.openedx.learning.course.passing.status.updated.v1');
    expect(payload).to.deep.include({
      is_passing: true,
      course: { course_key: wishes.courseKey, display_name: 'sample display name', start: null, end: null },
    });
  });

  it('name a custom course of the course, and a value that the field is known to take', () => {
    expect(eventOf('org.openedx.learning.ccx.course.passing.status.updated.v1').payload).to.have.nested.property(
      'course.ccx_course_key',
      'ccx-v1:AcmeX+STAT101+2026+ccx@1',
    );
    expect(eventOf('org.openedx.learning.course.enrollment.created.v1').payload).to.include({ mode: 'audit' });
  });
});
