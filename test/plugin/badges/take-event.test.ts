import { expect } from 'chai';
import fc from 'fast-check';
import { createEventIntake } from '../../../plugin/badges/take-event.ts';
import { InvariantError, StoreError } from '../../../plugin/errors.ts';
import { createEventLogWriter } from '../../../plugin/events/event-log-writer.ts';
import type { EventEntry, EventLog, Recorded } from '../../../plugin/ports/event-log.ts';
import { MemoryEventLog } from '../../../plugin/ports/memory-event-log.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { aWorld, course, courseBadge, passing, type World } from '../../support/badge-world.ts';

describe('taking an event', () => {
  it('records what became of it: matched with the badges it counts for, the learner and the rules', async () => {
    const { intake, log, world } = aSite();
    const event = passing(true, 1);
    const result = await intake.take(event, 'amqp');
    const learner = await world.learners.findByUsername('ada');
    expect(result).to.include({ outcome: 'processed', learnerId: learner?.id });
    expect(await log.get(event.id)).to.deep.equal({
      event,
      receivedAt: world.clock.now(),
      door: 'amqp',
      learnerId: learner?.id,
      outcome: { kind: 'matched', badgeIds: ['demo'] },
      ruleRevision: 12,
    });
  });

  it('records why it was ignored', async () => {
    const { intake, log } = aSite();
    await intake.take(passing(true, 1, { id: 'other', course: course(1) }), 'http');
    await intake.take({ ...passing(true, 1), id: 'nobody', user: null }, 'file');
    expect(await log.get('other')).to.deep.include({
      outcome: { kind: 'ignored', reason: 'no-match' },
      learnerId: null,
    });
    expect((await log.get('nobody'))?.outcome).to.deep.equal({ kind: 'ignored', reason: 'no-learner' });
  });

  it('records events also while badges are switched off', async () => {
    const { log, world, parts } = aSite();
    const intake = createEventIntake({ ...parts, processor: null });
    expect(await intake.take(passing(true, 1), 'http')).to.deep.equal({
      outcome: 'ignored',
      reason: 'badges-disabled',
    });
    expect((await log.get('pass-1-ada'))?.outcome).to.deep.equal({ kind: 'ignored', reason: 'badges-disabled' });
    expect(await world.learners.count()).to.equal(0);
  });

  it('records a failure without what a foreign error says, lets it through, and completes it when it succeeds', async () => {
    const { parts, log, intake, world } = aSite();
    const event = passing(true, 1);
    for (const [error, code, message] of [
      [
        new TypeError('ada@example.com is odd'),
        'bug.unexpected',
        'processing failed unexpectedly; the log of the server says more',
      ],
      [new InvariantError('progress has a hole'), 'bug.invariant', 'progress has a hole'],
    ] as const) {
      const failing = createEventIntake({
        ...parts,
        processor: { ...world.processor, process: () => Promise.reject(error) },
      });
      const id = `failed-${code}`;
      expect(await failing.take({ ...event, id }, 'amqp').catch((reason: unknown) => reason)).to.equal(error);
      expect((await log.get(id))?.outcome).to.deep.equal({ kind: 'failed', code, message });
      await failing.giveUp({ ...event, id }, 'amqp', error);
      expect((await log.get(id))?.outcome).to.deep.equal({ kind: 'dead', code, message });
      await intake.take({ ...event, id }, 'amqp');
      expect((await log.get(id))?.outcome).to.deep.equal({ kind: 'matched', badgeIds: ['demo'] });
    }
  });

  it('does not try to record while the database is away', async () => {
    const { parts, log, world } = aSite();
    const away = new StoreError('unavailable', 'the database does not answer');
    const intake = createEventIntake({
      ...parts,
      processor: { ...world.processor, process: () => Promise.reject(away) },
    });
    expect(await intake.take(passing(true, 1), 'amqp').catch((error: unknown) => error)).to.equal(away);
    expect(await log.get('pass-1-ada')).to.equal(null);
  });

  it('is not done with an event whose record could not be written, and finishes when it comes again', async () => {
    const site = aSite({ failures: 1 });
    const refusal = await site.intake.take(passing(true, 1), 'amqp').catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(StoreError);
    expect((await site.world.progressOn('demo')).issued).to.have.length(1);
    await site.intake.take(passing(true, 1), 'amqp');
    expect((await site.log.get('pass-1-ada'))?.outcome).to.deep.equal({ kind: 'matched', badgeIds: ['demo'] });
    expect((await site.world.progressOn('demo')).issued).to.have.length(1);
  });

  it('tells of the failure itself when that cannot be recorded either', async () => {
    const { parts, world } = aSite({ failures: 1 });
    const broken = new InvariantError('progress has a hole');
    const intake = createEventIntake({
      ...parts,
      processor: { ...world.processor, process: () => Promise.reject(broken) },
    });
    expect(await intake.take(passing(true, 1), 'amqp').catch((error: unknown) => error)).to.equal(broken);
  });

  it('parts events of one moment: all that match nothing, those of each learner, and whoever may be retired alone', async () => {
    const { parts, world, log } = aSite();
    const isRetired = ({ username }: { readonly username: string }) =>
      username === 'zoe' || Promise.resolve(username === 'yan');
    const intake = createEventIntake({
      ...parts,
      isRetired: (user) => (user.username < 'x' ? false : isRetired(user)),
    });
    const bea = { username: 'bea', lmsUserId: 8 };
    const events = [
      passing(true, 1),
      passing(true, 2, { course: course(1) }),
      passing(true, 3, bea),
      passing(false, 4),
      { ...passing(true, 5), id: 'nobody', user: null },
      passing(true, 6, { name: 'Ada Lovelace' }),
      passing(true, 7, { username: 'yan', lmsUserId: 9 }),
      passing(true, 8, { username: 'zoe', lmsUserId: 10 }),
    ];
    const groups = intake.group(events, 'amqp');
    expect(groups.map(({ learner, events: own }) => [learner, ...own.map(({ id }) => id)])).to.deep.equal([
      ['yan', 'pass-7-yan'],
      ['zoe', 'pass-8-zoe'],
      [null, 'pass-2-ada', 'nobody'],
      ['ada', 'pass-1-ada', 'fail-4-ada'],
      ['bea', 'pass-3-bea'],
      ['ada', 'pass-6-ada'],
    ]);
    for (const { take } of groups) await take();
    expect(await outcomesOf(log)).to.deep.equal([
      ['pass-1-ada', { kind: 'matched', badgeIds: ['demo'] }],
      ['pass-2-ada', { kind: 'ignored', reason: 'no-match' }],
      ['pass-3-bea', { kind: 'matched', badgeIds: ['demo'] }],
      ['fail-4-ada', { kind: 'matched', badgeIds: ['demo'] }],
      ['nobody', { kind: 'ignored', reason: 'no-learner' }],
      ['pass-6-ada', { kind: 'matched', badgeIds: ['demo'] }],
      ['pass-7-yan', { kind: 'ignored', reason: 'retired-learner' }],
      ['pass-8-zoe', { kind: 'ignored', reason: 'retired-learner' }],
    ]);
    const ada = await world.progressOn('demo');
    expect(ada.version, 'one change for each group').to.equal(2);
    expect((await world.learners.findByUsername('ada'))?.name).to.equal('Ada Lovelace');
  });

  it('takes an event alone that no rule can be held against, and records no failure of a group', async () => {
    const { parts, world, log } = aSite();
    const broken = new InvariantError('progress has a hole');
    const bad = passing(true, 2);
    const intake = createEventIntake({
      ...parts,
      processor: {
        process: () => Promise.reject(broken),
        reasonToIgnore(event) {
          if (event === bad) throw broken;
          return world.processor.reasonToIgnore(event);
        },
      },
    });
    const groups = intake.group([passing(true, 1), bad, passing(true, 3)], 'amqp');
    expect(groups.map(({ events }) => events.map(({ id }) => id))).to.deep.equal([
      ['pass-2-ada'],
      ['pass-1-ada', 'pass-3-ada'],
    ]);
    const failures = await Promise.all(groups.map(({ take }) => take().catch((error: unknown) => error)));
    expect(failures).to.deep.equal([broken, broken]);
    expect((await outcomesOf(log)) as unknown[]).to.deep.equal([
      ['pass-2-ada', { kind: 'failed', code: 'bug.invariant', message: 'progress has a hole' }],
    ]);
  });

  it('C2.6: loses nothing and doubles nothing, however often it dies between processing and recording', async () => {
    const events = [passing(true, 1), passing(false, 2), passing(true, 3, { course: course(1) }), passing(true, 4)];
    const undisturbed = aSite();
    for (const event of events) await undisturbed.intake.take(event, 'amqp');
    const deliveries = fc.shuffledSubarray([0, 1, 2, 3, 0, 1, 2, 3], { minLength: 8 });
    await fc.assert(
      fc.asyncProperty(deliveries, fc.array(fc.boolean(), { maxLength: 12 }), async (order, deaths) => {
        const site = aSite({ deaths: [...deaths] });
        await Promise.all(
          order.map(async (at) => {
            const event = events[at] as (typeof events)[number];
            // Not acknowledged, so it is delivered again.
            while (
              await site.intake.take(event, 'amqp').then(
                () => false,
                () => true,
              )
            );
          }),
        );
        expect(await outcomesOf(site.log)).to.deep.equal(await outcomesOf(undisturbed.log));
        expect((await site.world.progressOn('demo')).outcome).to.deep.equal(
          (await undisturbed.world.progressOn('demo')).outcome,
        );
      }),
      { numRuns: 60 },
    );
  });
});

async function outcomesOf(log: EventLog): Promise<unknown> {
  const outcomes: unknown[] = [];
  for await (const { entry } of log.scan({})) outcomes.push([entry.event.id, entry.outcome]);
  return outcomes;
}

/** @param failures writes that fail before the first one succeeds
 *  @param deaths before or (true) after which writes the process dies */
function aSite({ failures = 0, deaths = [] as boolean[] } = {}) {
  const world: World = aWorld([courseBadge()]);
  const log = new MemoryEventLog();
  const record = async (entries: readonly EventEntry[]): Promise<Recorded> => {
    if (failures-- > 0) throw new StoreError('unavailable', 'the database does not answer');
    const death = deaths.shift();
    if (death === undefined) return log.record(entries);
    if (death) await log.record(entries);
    throw new StoreError('unavailable', 'the process died');
  };
  const parts = {
    processor: world.processor,
    writer: createEventLogWriter({ log: { record }, logger: silentLogger, batch: 2 }),
    ruleRevision: () => 12,
    clock: world.clock,
    logger: silentLogger,
  };
  return { world, log, parts, intake: createEventIntake(parts) };
}
