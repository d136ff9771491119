import { expect } from 'chai';
import sinon from 'sinon';
import { forecastReplay } from '../../../plugin/dead-letters/forecast.ts';
import { createReplayJobs, type ReplayJobParts } from '../../../plugin/dead-letters/replay-job.ts';
import { createLetterReplay, type ReplayParts } from '../../../plugin/dead-letters/replay-letter.ts';
import { ConflictError, EventError, NotFoundError, StoreError } from '../../../plugin/errors.ts';
import type { LmsEvent } from '../../../plugin/events/event.ts';
import type { DeadLetter } from '../../../plugin/ports/dead-letters.ts';
import { MemoryDeadLetterStore } from '../../../plugin/ports/memory-dead-letters.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { aDeadMessage } from '../../contracts/dead-letters.ts';
import { aWorld, course, courseBadge, passing } from '../../support/badge-world.ts';

/** A world whose letters carry the events of `events`; others cannot be read. */
function aReplay(events: Readonly<Record<string, LmsEvent>> = {}, changes: Partial<ReplayParts> = {}) {
  const world = aWorld([courseBadge()]);
  const store = new MemoryDeadLetterStore();
  const parts: ReplayParts = {
    store,
    decode: ({ id }: DeadLetter) => {
      const event = events[id];
      if (!event) throw new EventError('malformed', 'the message body is not JSON in UTF-8');
      return event;
    },
    process: (event) => world.processor.process(event),
    index: () => world.index,
    learners: world.learners,
    progress: world.progress,
    clock: world.clock,
    logger: silentLogger,
    ...changes,
  };
  const add = async (...ids: readonly string[]) => {
    for (const id of ids) await store.add(aDeadMessage({ id, diedAt: world.clock.now() }));
  };
  return { world, store, letters: createLetterReplay(parts), add };
}

async function errorOf(work: Promise<unknown>): Promise<Error> {
  return await work.then(
    () => expect.fail('it succeeded'),
    (error: Error) => error,
  );
}

describe('replaying a dead letter', () => {
  const events = { a: passing(true, 1), other: passing(true, 2, { course: course(9) }) };

  it('puts its event through the pipeline and settles it', async () => {
    const { world, store, letters, add } = aReplay(events);
    await add('a');
    const expected = { at: world.clock.now(), by: 'Ada', outcome: 'applied', code: null, message: null };
    expect(await letters.replay('a', 'Ada')).to.deep.equal(expected);
    expect((await world.progressOn('demo')).outcome.status).to.equal('awarded');
    expect(await store.letter('a')).to.deep.include({ state: 'replayed', lastReplay: expected });
  });

  it('changes nothing for an event that was processed before', async () => {
    const { world, letters, add } = aReplay(events);
    await world.run(events.a);
    const before = await world.progressOn('demo');
    await add('a');
    expect(await letters.replay('a', 'Ada')).to.include({ outcome: 'unchanged' });
    expect(await world.progressOn('demo')).to.deep.equal(before);
  });

  it('settles an event that no rule is about, and one of a type that nobody knows', async () => {
    const decode = () => {
      throw new EventError('unknown-type', 'the event type x is not in the catalogue');
    };
    const { letters, add } = aReplay(events);
    await add('other');
    expect(await letters.replay('other', 'Ada')).to.include({ outcome: 'ignored', code: null });
    const unknown = aReplay({}, { decode });
    await unknown.add('x');
    expect(await unknown.letters.replay('x', 'Ada')).to.include({ outcome: 'ignored', code: 'event.unknown-type' });
  });

  it('leaves a letter open that fails again, with the reason, and names no data of an unexpected error', async () => {
    const { store, letters, add } = aReplay();
    await add('x');
    const failed = { outcome: 'failed', code: 'event.malformed', message: 'the message body is not JSON in UTF-8' };
    expect(await letters.replay('x', 'Ada')).to.include(failed);
    expect(await store.letter('x')).to.include({ state: 'open', replays: 1 });
    const broken = aReplay(events, { process: () => Promise.reject(new TypeError('ada@example.com')) });
    await broken.add('a');
    expect(await broken.letters.replay('a', 'Ada')).to.include({
      outcome: 'failed',
      code: 'bug.unexpected',
      message: 'handling the event failed with an unexpected TypeError; see the log',
    });
  });

  it('says nothing about a letter while the database is away', async () => {
    const away = new StoreError('unavailable', 'the database does not answer');
    const { store, letters, add } = aReplay(events, { process: () => Promise.reject(away) });
    await add('a');
    expect(await errorOf(letters.replay('a', 'Ada'))).to.equal(away);
    expect(await store.letter('a')).to.include({ state: 'open', replays: 0 });
  });

  it('refuses a letter that is settled, and one that does not exist', async () => {
    const { letters, add } = aReplay(events);
    await add('a');
    await letters.replay('a', 'Ada');
    const conflict = await errorOf(letters.replay('a', 'Ada'));
    expect(conflict).to.be.instanceOf(ConflictError);
    expect(conflict.message).to.equal('the dead letter has been replayed already; reload the page to see by whom');
    expect(await errorOf(letters.replay('b', 'Ada'))).to.be.instanceOf(NotFoundError);
  });
});

describe('the forecast of a replay', () => {
  it('tells what would change, what was processed, what nothing is about and what fails, and changes nothing', async () => {
    const events = {
      fresh: passing(true, 1, { username: 'grace', lmsUserId: 8 }),
      known: passing(true, 2),
      late: passing(false, 3),
      other: passing(true, 4, { course: course(9) }),
    };
    const { world, store, letters, add } = aReplay(events);
    await world.run(events.known);
    await add(...Object.keys(events), 'unreadable');
    const before = await store.letters({ limit: 10 });
    const { total, counts, letters: lines } = await forecastReplay({ store, letters }, {}, 100);
    expect(total).to.equal(5);
    expect(counts).to.deep.equal({ applied: 2, unchanged: 1, ignored: 1, failed: 1 });
    expect(lines.find(({ id }) => id === 'unreadable')?.forecast).to.include({ code: 'event.malformed' });
    expect(await store.letters({ limit: 10 })).to.deep.equal(before);
    expect(await world.learners.findByUsername('grace')).to.equal(null);
    expect((await forecastReplay({ store, letters }, {}, 2)).letters).to.have.length(2);
  });
});

describe('the replay of many', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`l${String(n).padStart(3, '0')}`, passing(true, n)]));
  const quick: Pick<ReplayJobParts, 'pause'> = { pause: () => new Promise((resolve) => setImmediate(resolve)) };

  function jobsOf(replay: ReturnType<typeof aReplay>, changes: Partial<ReplayJobParts> = {}) {
    const { store, letters, world } = replay;
    return createReplayJobs({ store, letters, clock: world.clock, logger: silentLogger, ...quick, ...changes });
  }

  it('replays what matches, counts it, and leaves the rest', async () => {
    const replay = aReplay(many(45));
    await replay.add(...Object.keys(many(45)), 'broken');
    await replay.store.add(aDeadMessage({ id: 'l-other', eventType: 'other' }));
    const jobs = jobsOf(replay);
    const { eventType } = aDeadMessage();
    const begun = await jobs.begin({ eventType: eventType ?? '' }, 'Ada');
    expect(begun).to.include({ total: 46, state: 'running', by: 'Ada' });
    const job = await jobs.wait(begun.id);
    expect(job).to.include({ state: 'done', cursor: 'l044' });
    expect(job.counts).to.deep.equal({ applied: 45, unchanged: 0, ignored: 0, failed: 1 });
    expect(await replay.store.count({ state: 'open' })).to.equal(2);
    expect((await replay.world.progressOn('demo')).contributions).to.have.length(45);
  });

  it('keeps to its pace', async () => {
    const replay = aReplay(many(3));
    await replay.add(...Object.keys(many(3)));
    const pause = sinon.spy(async () => {});
    const jobs = jobsOf(replay, { pause, lettersPerSecond: 10 });
    await jobs.wait((await jobs.begin({}, 'Ada')).id);
    expect(pause.args).to.deep.equal([[100], [100], [100]]);
  });

  it('is carried on by another process from where the first one stopped, each letter once', async () => {
    const seen: string[] = [];
    const events = many(60);
    const replay = aReplay(events, {
      process: async (event) => {
        seen.push(event.id);
        if (seen.length === 30) void first.stop();
        return replay.world.processor.process(event);
      },
    });
    await replay.add(...Object.keys(events));
    const first = jobsOf(replay);
    const begun = await first.begin({}, 'Ada');
    await first.wait(begun.id);
    await first.stop();
    expect(seen).to.have.length(30);
    const second = jobsOf(replay, { pollMs: 1 });
    second.start();
    const job = await second.wait(begun.id);
    await second.stop();
    expect(job).to.include({ state: 'done', fence: 2, total: 60 });
    expect(job.counts).to.deep.equal({ applied: 60, unchanged: 0, ignored: 0, failed: 0 });
    expect(new Set(seen).size).to.equal(seen.length);
  });

  it('ends soon after it is cancelled', async () => {
    const replay = aReplay(many(100), {
      process: async (event) => {
        if (event.id === passing(true, 5).id) await replay.store.cancelJob('job', replay.world.clock.now());
        return replay.world.processor.process(event);
      },
    });
    await replay.add(...Object.keys(many(100)));
    const jobs = jobsOf(replay, { newId: () => 'job' });
    await jobs.begin({}, 'Ada');
    expect(await jobs.wait('job')).to.include({ state: 'cancelled' });
    await jobs.stop();
    expect(await replay.store.count({ state: 'replayed' })).to.be.within(6, 20);
  });

  it('waits out a database that is away, and passes over what somebody else has settled', async () => {
    let failures = 3;
    const replay = aReplay(many(3), {
      process: async (event) => {
        failures -= 1;
        if (failures >= 0) throw new StoreError('unavailable', 'the database does not answer');
        await replay.store.discard({ ids: ['l001'] }, { at: new Date(), by: 'Grace', note: 'x' });
        return replay.world.processor.process(event);
      },
    });
    await replay.add(...Object.keys(many(3)));
    const jobs = jobsOf(replay);
    const job = await jobs.wait((await jobs.begin({}, 'Ada')).id);
    expect(job.counts).to.deep.equal({ applied: 2, unchanged: 0, ignored: 0, failed: 0 });
    expect((await replay.store.letter('l001'))?.state).to.equal('discarded');
  });

  it('leaves alone what dies after it began', async () => {
    const replay = aReplay({});
    await replay.add('x');
    const jobs = jobsOf(replay);
    const begun = await jobs.begin({}, 'Ada');
    expect(begun.filter.diedUntil).to.deep.equal(replay.world.clock.now());
    expect((await jobs.wait(begun.id)).counts.failed).to.equal(1);
  });
});
