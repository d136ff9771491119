import { expect } from 'chai';
import sinon from 'sinon';
import { forecastReplay } from '../../../plugin/dead-letters/forecast.ts';
import { createReplayDeadLetters, type ReplayJobParts } from '../../../plugin/dead-letters/replay-job.ts';
import { createLetterReplay, type ReplayParts } from '../../../plugin/dead-letters/replay-letter.ts';
import { createReplays } from '../../../plugin/dead-letters/replays.ts';
import { ConflictError, EventError, NotFoundError, StoreError } from '../../../plugin/errors.ts';
import type { LmsEvent } from '../../../plugin/events/event.ts';
import { createJobRunner } from '../../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../../plugin/jobs/request-job.ts';
import type { DeadLetter } from '../../../plugin/ports/dead-letters.ts';
import { MemoryDeadLetterStore } from '../../../plugin/ports/memory-dead-letters.ts';
import { MemoryJobStore } from '../../../plugin/ports/memory-job-store.ts';
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
    process: (event) => world.process(event),
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
  return { world, store, parts, letters: createLetterReplay(parts), add };
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

  /** The letters of `events` there are, and who replays them. */
  async function aJobWorld(
    events: Readonly<Record<string, LmsEvent>>,
    changes: Partial<ReplayParts> = {},
    pace: Partial<ReplayJobParts> = {},
  ) {
    const replay = aReplay(events, changes);
    const { store, letters, world } = replay;
    const { clock } = world;
    const jobStore = new MemoryJobStore();
    const jobs = createJobs({ store: jobStore, clock, ids: { uuid: () => 'job' } });
    const { begin } = createReplays({ ...replay.parts, jobs });
    const kind = createReplayDeadLetters({ store, letters, pause: async () => {}, ...pace });
    const runner = () => createJobRunner({ store: jobStore, kinds: [kind], clock, logger: silentLogger });
    await replay.add(...Object.keys(events));
    return { ...replay, jobStore, jobs, begin, runner };
  }

  it('replays what matches, counts it, and leaves the rest', async () => {
    const { begin, runner, add, store, world } = await aJobWorld(many(45));
    await add('broken');
    await store.add(aDeadMessage({ id: 'l-other', eventType: 'other' }));
    const { eventType } = aDeadMessage();
    const { job, letters } = await begin({ eventType: eventType ?? '' }, 'Ada');
    expect(letters).to.equal(46);
    expect(job).to.include({ title: 'Replay 46 dead letters', state: 'waiting', requestedBy: 'Ada' });
    const ended = await runner().carryOut(job.id);
    expect(ended).to.deep.include({ state: 'done', done: 46, total: 46, counts: { applied: 45, failed: 1 } });
    expect(await store.count({ state: 'open' })).to.equal(2);
    expect((await store.letter('l000'))?.settled).to.include({ by: 'Ada' });
    expect((await world.progressOn('demo')).contributions).to.have.length(45);
  });

  it('keeps to its pace', async () => {
    const pause = sinon.spy(async () => {});
    const { begin, runner } = await aJobWorld(many(3), {}, { pause, lettersPerSecond: 10 });
    await runner().carryOut((await begin({}, 'Ada')).job.id);
    expect(pause.args).to.deep.equal([[100], [100], [100]]);
  });

  it('is carried on by another process from where the first one stopped, each letter once', async () => {
    const seen: string[] = [];
    const { begin, runner } = await aJobWorld(many(60), {
      process: async (event) => {
        seen.push(event.id);
        if (seen.length === 30) void first.stop();
        return { outcome: 'ignored', reason: 'no-match' } as const;
      },
    });
    const first = runner();
    const { job } = await begin({}, 'Ada');
    expect(await first.carryOut(job.id)).to.equal(null);
    expect(seen).to.have.length(40);
    const ended = await runner().carryOut(job.id);
    expect(ended).to.deep.include({ state: 'done', fence: 2, done: 60, counts: { ignored: 60 } });
    expect(new Set(seen).size).to.equal(seen.length);
  });

  it('ends after the step under way when it is cancelled, and goes on when it is resumed', async () => {
    const { begin, runner, store, jobs, world } = await aJobWorld(many(100), {
      process: async (event) => {
        if (event.id === passing(true, 5).id) await jobs.cancel('job');
        return world.process(event);
      },
    });
    const { job } = await begin({}, 'Ada');
    expect(await runner().carryOut(job.id)).to.include({ state: 'cancelled', done: 20, total: 100 });
    expect(await store.count({ state: 'replayed' })).to.equal(20);
    await jobs.resume(job.id);
    expect(await runner().carryOut(job.id)).to.deep.include({ state: 'done', done: 100, counts: { applied: 100 } });
  });

  it('records what it did before it waits for a database that is away, and passes over what others settled', async () => {
    let calls = 0;
    const { begin, runner, store, jobStore, world } = await aJobWorld(many(4), {
      process: async (event) => {
        calls += 1;
        if (calls === 1) await store.discard({ ids: ['l001'] }, { at: new Date(), by: 'Grace', note: 'x' });
        if (calls > 1 && calls < 4) throw new StoreError('unavailable', 'the database does not answer');
        return world.process(event);
      },
    });
    const { job } = await begin({}, 'Ada');
    expect(await runner().carryOut(job.id)).to.equal(null);
    expect(await jobStore.get(job.id)).to.deep.include({ done: 2, cursor: 'l001', attempts: 1 });
    world.clock.advance(60_000);
    const ended = await runner().carryOut(job.id);
    expect(ended).to.deep.include({ state: 'done', done: 4, error: null, counts: { applied: 3, 'left alone': 1 } });
    expect((await store.letter('l001'))?.state).to.equal('discarded');
  });

  it('leaves alone what dies after it was asked for', async () => {
    const { begin, runner, add, world } = await aJobWorld({});
    await add('x');
    const { job } = await begin({ ids: ['x', 'y'] }, 'Ada');
    expect(job.parameters).to.deep.equal({ ids: ['x', 'y'], diedUntil: world.clock.now().toISOString() });
    world.clock.advance(1);
    await add('y');
    expect(await runner().carryOut(job.id)).to.deep.include({ done: 1, counts: { failed: 1 } });
  });
});
