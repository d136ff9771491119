import { expect } from 'chai';
import { simulate } from '../../../plugin/badges/simulate.ts';
import { aWorld, course, courseBadge, passing } from '../../support/badge-world.ts';
import { aRequirement, passedCourse } from '../../support/rule-values.ts';

const two = courseBadge({
  id: 'two',
  requirements: [
    aRequirement({ id: 'one', group: 'A', where: passedCourse(course(1)) }),
    aRequirement({ id: 'other', group: 'B', where: passedCourse(course(2)) }),
  ],
  penalties: [],
});

describe('simulation', () => {
  it('prints one object per learner and active badge, keys and lines in a fixed order', () => {
    const lines = simulate(
      [two, courseBadge(), courseBadge({ id: 'asleep', active: false })],
      [
        passing(true, 1, { username: 'bob', lmsUserId: 2, course: course(1) }),
        passing(true, 2, { username: 'Zoe', lmsUserId: 3 }),
        { ...passing(true, 3), user: null },
      ],
    );
    expect(lines.map((line) => JSON.stringify(line))).to.deep.equal([
      '{"learner":"Zoe","badge":"demo","status":"awarded","progress":1,"groups":{"pass":true},"fulfilled":["pass"],"awardedAt":"2026-03-01T00:02:00Z","awards":1}',
      '{"learner":"Zoe","badge":"two","status":"none","progress":0,"groups":{"A":false,"B":false},"fulfilled":[],"awardedAt":null,"awards":0}',
      '{"learner":"bob","badge":"demo","status":"none","progress":0,"groups":{"pass":false},"fulfilled":[],"awardedAt":null,"awards":0}',
      '{"learner":"bob","badge":"two","status":"in-progress","progress":0.5,"groups":{"A":true,"B":false},"fulfilled":["one"],"awardedAt":null,"awards":0}',
    ]);
  });

  it('takes events of one LMS user id or one username for one learner, named as the latest event does', () => {
    const lines = simulate(
      [two],
      [
        passing(true, 1, { username: 'old', lmsUserId: null, course: course(1) }),
        passing(true, 9, { username: 'new', lmsUserId: 7, course: course(2) }),
        passing(true, 5, { username: 'old', lmsUserId: 7 }),
        passing(true, 6, { username: 'else', lmsUserId: 8 }),
      ],
    );
    expect(lines.map(({ learner, status }) => [learner, status])).to.deep.equal([
      ['else', 'none'],
      ['new', 'awarded'],
    ]);
  });

  it('finds nothing where there is nobody or nothing to earn', () => {
    expect(simulate([two], [])).to.deep.equal([]);
    expect(simulate([], [passing(true, 1)])).to.deep.equal([]);
  });

  it('agrees with what is processed and stored', async () => {
    const events = [passing(true, 3), passing(false, 1), passing(true, 2, { course: course(1) }), passing(true, 3)];
    const world = aWorld([courseBadge(), two]);
    await world.run(...events);
    for (const line of simulate([courseBadge(), two], events)) {
      expect((await world.progressOn(line.badge)).outcome.status).to.equal(line.status);
    }
  });
});
