/** Defects of the systems Laurel replaces, each shown not to be here. */

import { expect } from 'chai';
import { ProviderError, StoreError } from '../../../plugin/errors.ts';
import { MemoryProgressStore } from '../../../plugin/ports/memory-progress-store.ts';
import type { Progress } from '../../../plugin/ports/progress-store.ts';
import { aWorld, course, courseBadge, passing } from '../../support/badge-world.ts';
import {
  allOf,
  aPenalty,
  aRequirement,
  differs,
  equals,
  not,
  passed,
  passedCourse,
  path,
} from '../../support/rule-values.ts';

const requirementFor = (id: string, group: string, key: string) =>
  aRequirement({ id, group, where: passedCourse(key) });
const twoGroups = courseBadge({
  requirements: [requirementFor('one', 'A', course(1)), requirementFor('two', 'B', course(2))],
  penalties: [],
});
const actions = (world: ReturnType<typeof aWorld>) => world.provider.entries.map(({ action }) => action);
const published = (world: ReturnType<typeof aWorld>) =>
  world.publisher.published.map(({ type }) => type.split('.').at(-2));

describe('defects of the reference systems', () => {
  it('UD1: a badge that needs two groups is not given after one', async () => {
    const world = aWorld([twoGroups]);
    await world.run(passing(true, 1, { course: course(1) }));
    expect((await world.progressOn('demo')).outcome).to.deep.include({ status: 'in-progress', progress: 0.5 });
    expect(actions(world)).to.deep.equal([]);
    await world.run(passing(true, 2, { course: course(2) }));
    expect(actions(world)).to.deep.equal(['award']);
  });

  it("UD2, U2: a provider that is away for ten minutes gets the badge afterwards, without anyone's help", async () => {
    const world = aWorld([courseBadge()]);
    const away = new ProviderError('unavailable', 'the provider answers 503');
    for (let failures = 0; failures < 40; failures++) world.provider.failNext(away);
    await world.run(passing(true, 1));
    for (let second = 0; second < 600; second++) {
      world.clock.advance(1_000);
      await world.dispatcher.runDue();
    }
    expect((await world.progressOn('demo')).effects[0]).to.deep.include({ state: 'pending' });
    for (let minute = 0; minute < 60 * 40; minute++) {
      world.clock.advance(60_000);
      await world.dispatcher.runDue();
    }
    expect(actions(world)).to.deep.equal(['award']);
    expect((await world.progressOn('demo')).effects.map(({ state }) => state)).to.deep.equal(['done', 'done']);
  });

  it('UD3: after pass, fail, pass nothing is published that did not happen', async () => {
    const world = aWorld([courseBadge()]);
    await world.run(passing(true, 1), passing(false, 2), passing(true, 3));
    expect(published(world)).to.deep.equal(['awarded', 'revoked']);
    expect(actions(world)).to.deep.equal(['award', 'revoke']);
    expect((await world.progressOn('demo')).outcome.status).to.equal('revoked');
  });

  it('UD4: a penalty on one alternative of a satisfied group takes nothing back', async () => {
    const badge = courseBadge({
      requirements: [
        requirementFor('ten', 'A', course(10)),
        requirementFor('eleven', 'A', course(11)),
        requirementFor('twelve', 'B', course(12)),
      ],
      penalties: [
        aPenalty({
          where: allOf(not(passed), equals(path('course.course_key'), course(10))),
          resets: ['ten'],
        }),
      ],
    });
    const world = aWorld([badge]);
    for (const key of [10, 11, 12]) await world.run(passing(true, key, { course: course(key) }));
    await world.run(passing(false, 20, { course: course(10) }));
    expect((await world.progressOn('demo')).outcome).to.deep.include({ status: 'awarded', progress: 1 });
    expect(actions(world)).to.deep.equal(['award']);
  });

  it('UD5: one badge is published once, however many requirements it has', async () => {
    const world = aWorld([twoGroups]);
    await world.run(passing(true, 1, { course: course(1) }), passing(true, 2, { course: course(2) }));
    await world.run(passing(true, 3, { course: course(2) }));
    expect(published(world)).to.deep.equal(['awarded']);
  });

  it('UD6: the award date is the time of the completing event', async () => {
    const world = aWorld([courseBadge()]);
    await world.run(passing(true, 42));
    expect(world.provider.entries[0]).to.have.property('awardedAt', '2026-03-01T00:42:00.000000000Z');
    expect(world.publisher.published[0]?.time).to.equal('2026-03-01T00:42:00.000000000Z');
  });

  it('UD8: a requirement without conditions matches every event of its type', async () => {
    const world = aWorld([courseBadge({ requirements: [aRequirement({ id: 'any' })], penalties: [] })]);
    await world.run(passing(false, 1));
    expect((await world.progressOn('demo')).outcome.status).to.equal('awarded');
  });

  it('UD9: an absent value is different from everything and equal to nothing', async () => {
    const where = (operator: typeof equals) => operator(path('course.display_name'), 'None');
    const unequal = courseBadge({
      id: 'unequal',
      requirements: [aRequirement({ where: where(differs) })],
      penalties: [],
    });
    const equal = courseBadge({ id: 'equal', requirements: [aRequirement({ where: where(equals) })], penalties: [] });
    const world = aWorld([unequal, equal]);
    const result = await world.process(passing(true, 1));
    expect(result.outcome === 'processed' && result.badges.map(({ badgeId }) => badgeId)).to.deep.equal(['unequal']);
  });

  it('UD12: progress survives a rename and is there once', async () => {
    const world = aWorld([twoGroups]);
    await world.run(passing(true, 1, { course: course(1) }));
    await world.run(passing(true, 2, { course: course(2), username: 'ada-lovelace' }));
    expect((await world.progressOn('demo', 'ada-lovelace')).outcome.status).to.equal('awarded');
    expect((await world.progress.list({ limit: 9 })).items).to.have.length(1);
  });

  it('UD13: a late failing event does not undo the newer passing one', async () => {
    const world = aWorld([courseBadge()]);
    await world.run(passing(true, 5), passing(false, 2));
    expect((await world.progressOn('demo')).outcome.status).to.equal('awarded');
    expect(actions(world)).to.deep.equal(['award']);
  });

  it('U1: an event whose processing fails is not taken for processed, and counts when it comes again', async () => {
    class FailingOnce extends MemoryProgressStore {
      #failed = false;
      override async save(progress: Progress): Promise<boolean> {
        if (this.#failed) return super.save(progress);
        this.#failed = true;
        throw new StoreError('unavailable', 'the database does not answer');
      }
    }
    const world = aWorld([courseBadge()], { progress: new FailingOnce() });
    const failure = await world.process(passing(true, 1)).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(StoreError);
    await world.run(passing(true, 1));
    expect(actions(world)).to.deep.equal(['award']);
  });

  it('U3: consumers that see the completion at the same time call the provider once', async () => {
    const world = aWorld([twoGroups]);
    const events = [1, 2].flatMap((number) =>
      [1, 2, 3].map((copy) => passing(true, number * 10 + copy, { course: course(number) })),
    );
    await Promise.all([...events, ...events].map((event) => world.process(event)));
    await Promise.all([world.dispatcher.runDue(), world.dispatcher.runDue(), world.dispatcher.runDue()]);
    expect(actions(world)).to.deep.equal(['award']);
    expect(published(world)).to.deep.equal(['awarded']);
  });
});
