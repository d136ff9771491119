import { expect } from 'chai';
import { courseOf } from '../../../plugin/events/course-of.ts';

describe('the course of an event', () => {
  const course = 'course-v1:OpenedX+DemoX+2026';

  it('is the key that lies nearest to the top', () => {
    const deeper = { enrollment: { course: { course_key: course } }, is_active: true };
    expect(courseOf(deeper)).to.equal(course);
    expect(courseOf({ a: { b: 'course-v1:A+B+C' }, course_id: course })).to.equal(course);
    expect(courseOf({ ccx: { ccx_course_key: 'ccx-v1:A+B+C+ccx@1', master_course_key: course } })).to.equal(
      'ccx-v1:A+B+C+ccx@1',
    );
  });

  it('is that of a block', () => {
    expect(courseOf({ xblock: { usage_key: 'block-v1:OpenedX+DemoX+2026+type@problem+block@abc' } })).to.equal(course);
  });

  it('is none where no text is a course key', () => {
    for (const payload of [
      null,
      7,
      'x',
      {},
      [],
      { course_key: 'course-v1:odd' },
      { k: `course-v1:${'x'.repeat(999)}` },
    ])
      expect(courseOf(payload)).to.equal(null);
    expect(courseOf({ library_key: 'lib:A:B', usage_key: 'block-v1:A+B' })).to.equal(null);
  });

  it('is not looked for without an end', () => {
    expect(courseOf({ many: Array.from({ length: 100_000 }, () => [[]]), late: [[[course]]] })).to.equal(null);
  });
});
