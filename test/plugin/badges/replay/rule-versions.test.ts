import { expect } from 'chai';
import { createProgressUpdater } from '../../../../plugin/badges/update-progress.ts';
import { silentLogger } from '../../../../plugin/ports/runtime.ts';
import { course, courseBadge, passing } from '../../../support/badge-world.ts';
import { aReplayWorld } from '../../../support/replay-world.ts';
import { aRequirement, PASSING, passed, passedCourse } from '../../../support/rule-values.ts';

const OTHER = PASSING.replace('passing.status', 'other');

describe('progress and versions of rules', () => {
  it('asks the events of a learner again before a live event meets progress that older rules made', async () => {
    const world = aReplayWorld([courseBadge()]);
    await world.take(passing(true, 1));
    // The same requirement asks something else now: what it was told before must not count for it.
    world.change(
      courseBadge({ requirements: [aRequirement({ id: 'pass', where: passedCourse(course(1)), count: 2 })] }),
    );
    await world.take(passing(true, 2, { course: course(1) }));
    const { contributions, outcome, ruleVersion } = await world.progressOn('demo');
    expect(contributions.map(({ eventId }) => eventId)).to.deep.equal(['pass-2-ada']);
    expect([outcome.status, ruleVersion]).to.deep.equal(['in-progress', 2]);
  });

  it('drops what an event type gave that no rule asks for any more', async () => {
    const on = { kind: 'event', type: OTHER } as const;
    const world = aReplayWorld([courseBadge({ requirements: [aRequirement({ id: 'pass', on })], penalties: [] })]);
    await world.take({ ...passing(true, 1), type: OTHER });
    expect((await world.progressOn('demo')).outcome.status).to.equal('awarded');
    world.change(courseBadge({ requirements: [aRequirement({ id: 'pass', where: passed })] }));
    await world.replay('ada');
    expect((await world.progressOn('demo')).contributions).to.deep.equal([]);
  });

  it('lets no older rules undo what newer ones did, unless there are no newer ones', async () => {
    const world = aReplayWorld([courseBadge()]);
    world.change(courseBadge());
    await world.take(passing(true, 1));
    const stored = await world.progressOn('demo');
    const update = (latest: number) =>
      createProgressUpdater({
        ...{ progress: world.progress, clock: world.clock, logger: silentLogger, ids: { uuid: () => 'u' } },
        latestVersion: async () => latest,
      }).update({
        ...{ learnerId: stored.learnerId, badge: courseBadge(), ruleVersion: 1, upstreams: [], current: new Map() },
        contributions: () => [],
      });
    const refusal = await update(2).catch((error: { code: string }) => error.code);
    expect(refusal).to.equal('store.rules-changed');
    expect(await world.progressOn('demo')).to.deep.equal(stored);
    expect((await update(1))?.after.ruleVersion).to.equal(1);
  });

  it('keeps what other badges gave in step with what the badge waits for', async () => {
    const world = aReplayWorld([courseBadge(), courseBadge({ id: 'second' }, course(1))]);
    await world.take(passing(true, 1));
    await world.take(passing(true, 2, { course: course(1) }));
    const waiting = (upstream: string) =>
      courseBadge({
        id: 'waits',
        penalties: [],
        requirements: [aRequirement({ id: 'first', on: { kind: 'badge', badge: upstream, change: 'awarded' } })],
      });
    world.change(waiting('demo'));
    await world.replay('ada');
    expect((await world.progressOn('waits')).contributions.map(({ badge }) => badge)).to.deep.equal(['demo']);
    world.change(waiting('second'));
    await world.replay('ada');
    const { contributions, issued } = await world.progressOn('waits');
    expect(contributions.map(({ badge }) => badge)).to.deep.equal(['second']);
    expect(
      issued.map(({ revokedAt }) => revokedAt),
      'its award only moved',
    ).to.deep.equal([null]);
  });
});
