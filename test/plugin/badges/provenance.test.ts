import { expect } from 'chai';
import { outcome } from '../../../dsl/index.ts';
import { createProvenance } from '../../../plugin/badges/provenance.ts';
import { aWorld, courseBadge, DEMO, passing } from '../../support/badge-world.ts';
import { aBadge, aContribution, aRequirement, day, onBadge, PASSING } from '../../support/rule-values.ts';

const now = new Date('2026-06-01T00:00:00Z');

describe('provenance', () => {
  it('is recorded when the award is made: version, conditions, events with their times', async () => {
    const world = aWorld([courseBadge()]);
    await world.run(passing(true, 5), passing(true, 9));
    const [issued] = (await world.progressOn('demo')).issued;
    expect(issued?.provenance).to.deep.equal({
      ruleVersion: 1,
      recordedAt: world.clock.now(),
      requirements: [
        {
          requirement: 'pass',
          group: 'pass',
          on: PASSING,
          where: `is_passing and course.course_key = "${DEMO}"`,
          events: [{ eventId: 'pass-5-ada', at: passing(true, 5).time }],
          more: 0,
        },
      ],
    });
  });

  it('follows an award that a late event moves', async () => {
    const world = aWorld([courseBadge()]);
    await world.run(passing(true, 9), passing(true, 5));
    const [issued, ...others] = (await world.progressOn('demo')).issued;
    expect(others).to.deep.equal([]);
    expect(issued?.provenance?.requirements[0]?.events.map(({ eventId }) => eventId)).to.deep.equal(['pass-5-ada']);
  });

  it('stays when what it rests on is reset, and tells each round of a repeatable badge by itself', async () => {
    const world = aWorld([courseBadge({ repeatable: true, maxAwards: 9 })]);
    await world.run(passing(true, 1), passing(false, 2), passing(true, 3));
    const { issued } = await world.progressOn('demo');
    expect(
      issued.map(({ provenance }) =>
        provenance?.requirements.flatMap(({ events }) => events.map((one) => one.eventId)),
      ),
    ).to.deep.equal([['pass-1-ada'], ['pass-3-ada']]);
  });

  it('names the change of another badge, and of many events the first', () => {
    const badge = aBadge({
      requirements: [aRequirement({ id: 'many', count: 60 }), aRequirement({ id: 'base', on: onBadge('base') })],
    });
    const contributions = Array.from({ length: 60 }, (_, n) =>
      aContribution({ eventId: `e${100 + n}`, at: day(1), requirements: ['many'] }),
    );
    const base = aContribution({ eventId: 'e159', order: 1, badge: 'base', at: day(1), requirements: ['base'] });
    const all = [...contributions, base];
    const [award] = outcome(badge, all).history;
    const provenance = createProvenance({ badge, contributions: all, ruleVersion: 2, now })(award as never);
    expect(
      provenance.requirements.map(({ requirement, on, events, more }) => [requirement, on, events.length, more]),
    ).to.deep.equal([
      ['many', PASSING, 20, 40],
      ['base', 'badge "base" awarded', 1, 0],
    ]);
  });
});
