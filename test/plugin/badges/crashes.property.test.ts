import { expect } from 'chai';
import fc from 'fast-check';
import type { Badge, Outcome } from '../../../dsl/index.ts';
import { type BadgeLine, simulate, toBadgeLine } from '../../../plugin/badges/simulate.ts';
import { createEventIntake } from '../../../plugin/badges/take-event.ts';
import { ProviderError, StoreError } from '../../../plugin/errors.ts';
import type { LmsEvent } from '../../../plugin/events/event.ts';
import { createEventLogWriter } from '../../../plugin/events/event-log-writer.ts';
import type { EventEntry } from '../../../plugin/ports/event-log.ts';
import { MemoryEventLog } from '../../../plugin/ports/memory-event-log.ts';
import { MemoryLearnerStore } from '../../../plugin/ports/memory-learner-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { aWorld, bothCourses, course, courseBadge, follower, passing, type World } from '../../support/badge-world.ts';
import { isRecall, RecallingProgressStore } from '../../support/recalling-progress-store.ts';
import { untilDone } from '../../support/until-done.ts';

const BADGES: readonly Badge[] = [
  courseBadge({}, course(0)),
  bothCourses,
  courseBadge({ id: 'often', repeatable: true, maxAwards: 3, penalties: [] }, course(1)),
  follower,
];

interface Schedule {
  /** Indices into the events, in order of delivery; those of one inner list at the same time. */
  readonly deliveries: readonly (readonly number[])[];
  /** How what is delivered at the same time is taken. */
  readonly taken: 'each alone' | 'together' | 'together, by two processes';
  /** Numbers of the store calls that fail; even ones take effect all the same. */
  readonly crashes: ReadonlySet<number>;
  /** Numbers of the saves that, to whoever remembers progress, somebody else made. */
  readonly unheard: ReadonlySet<number>;
  /** Numbers of the deliveries after which the dispatcher runs. */
  readonly dispatches: ReadonlySet<number>;
  readonly providerFailures: readonly ('before' | 'after')[];
}

/** A store that a process loses now and then, before or after a call took effect. */
function crashing<Store extends object>(store: Store, crashes: ReadonlySet<number>, calls: { count: number }): Store {
  return new Proxy(store, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      if (isRecall(key)) return method.bind(target);
      return async (...given: unknown[]): Promise<unknown> => {
        const number = ++calls.count;
        const crash = new StoreError('unavailable', `call ${number} was cut off`);
        if (crashes.has(number) && number % 2 === 1) throw crash;
        const result: unknown = await method.apply(target, given);
        if (crashes.has(number)) throw crash;
        return result;
      };
    },
  });
}

interface Lived extends World {
  readonly log: MemoryEventLog;
}

async function live(events: readonly LmsEvent[], schedule: Schedule): Promise<Lived> {
  const calls = { count: 0 };
  const learners = new MemoryLearnerStore();
  const progress = new RecallingProgressStore((save) => schedule.unheard.has(save));
  const world = aWorld(BADGES, {
    learners: crashing(learners, schedule.crashes, calls),
    progress: crashing(progress, schedule.crashes, calls),
  });
  const log = new MemoryEventLog();
  const intake = createEventIntake({
    processor: world.processor,
    writer: createEventLogWriter({
      log: crashing(log, schedule.crashes, calls),
      logger: silentLogger,
      soon: queueMicrotask,
    }),
    ruleRevision: () => 1,
    clock: world.clock,
    logger: silentLogger,
  });
  for (const when of schedule.providerFailures) {
    world.provider.failNext(new ProviderError('unavailable', 'away', { ambiguous: true }), when);
  }
  for (const [number, delivery] of schedule.deliveries.entries()) {
    const delivered = delivery.map((at) => events[at] as LmsEvent);
    const alone = (event: LmsEvent): Promise<void> => untilDone(() => intake.take(event, 'amqp'));
    const together = async (): Promise<void> => {
      for (const group of intake.group(delivered, 'amqp'))
        await group.take().catch(() => Promise.all(group.events.map(alone)));
    };
    if (schedule.taken === 'each alone') await Promise.all(delivered.map(alone));
    else if (schedule.taken === 'together') await together();
    else await Promise.all([together(), together()]);
    if (schedule.dispatches.has(number)) await world.dispatcher.runDue().catch(() => {});
  }
  for (let look = 0; look < 60; look++) {
    await untilDone(() => world.dispatcher.runDue());
    world.clock.advance(3_600_000);
  }
  return { ...world, learners, progress, log };
}

interface State {
  readonly username: string;
  readonly badge: string;
  readonly outcome: Outcome;
  readonly contributions: unknown;
  /** The badges that stand. */
  readonly standing: unknown;
}

/** Everything that must not depend on how the events came. */
async function stateOf(world: World): Promise<State[]> {
  const states: State[] = [];
  for (const { id, username } of (await world.learners.list({ limit: 99 })).items) {
    for (const { badgeId, outcome, contributions, issued } of await world.progress.ofLearner(id)) {
      // What a badge owed to an award that is no more leaves an empty record behind.
      if (contributions.length === 0) continue;
      const standing = issued
        .filter(({ revokedAt }) => revokedAt === null)
        .map(({ eventId, awardedAt }) => `${awardedAt} ${eventId}`)
        .toSorted();
      states.push({ username, badge: badgeId, outcome, contributions, standing });
    }
  }
  return states;
}

/** The same as is found in memory from the events alone. */
function expectSimulated(states: readonly State[], events: readonly LmsEvent[]): void {
  const lines = states.map(({ username, badge, outcome }) => toBadgeLine(username, badge, outcome));
  const simulated = simulate(BADGES, events);
  expect(simulated).to.include.deep.members(lines);
  const touched = ({ status }: BadgeLine): boolean => status !== 'none';
  expect(lines.filter(touched)).to.have.length(simulated.filter(touched).length);
}

/** The provider and the bus agree with what is stored, and heard of every badge once. */
async function expectSettled(world: World): Promise<void> {
  const awarded = world.provider.entries.filter(({ action }) => action === 'award').map(({ uuid }) => uuid);
  const revoked = world.provider.entries.filter(({ action }) => action === 'revoke').map(({ uuid }) => uuid);
  expect(new Set(awarded).size, 'nothing is issued twice').to.equal(awarded.length);
  expect(new Set(revoked).size, 'nothing is taken back twice').to.equal(revoked.length);
  const all = (await world.progress.list({ limit: 999 })).items;
  const states = all.flatMap(({ effects }) => effects.map(({ state }) => state));
  expect(states.filter((state) => state !== 'done' && state !== 'superseded')).to.deep.equal([]);
  const standing = all
    .flatMap(({ issued }) => issued)
    .filter(({ revokedAt, template }) => revokedAt === null && template !== null);
  expect(awarded.filter((uuid) => !revoked.includes(uuid))).to.have.members(standing.map(({ uuid }) => uuid));
  for (const { outcome, issued } of all) {
    expect(issued.filter(({ revokedAt }) => revokedAt === null)).to.have.length(outcome.awards);
  }
  // A public event may be repeated, always under its id.
  const facts = world.publisher.published.map(({ id, type, data }) => `${id} ${type} ${JSON.stringify(data)}`);
  const ids = world.publisher.published.map(({ id }) => id);
  expect(new Set(facts).size).to.equal(new Set(ids).size);
}

/** Every event is in the log once, with the badges it counted for and the learner it counted for them. */
async function expectRecorded(world: Lived, events: readonly LmsEvent[]): Promise<void> {
  const found = new Map<string, EventEntry>();
  for await (const { entry } of world.log.scan({})) {
    expect(found.has(entry.event.id), `${entry.event.id} is recorded once`).to.equal(false);
    found.set(entry.event.id, entry);
  }
  expect([...found.keys()]).to.have.members(events.map(({ id }) => id));
  for (const event of events) {
    const badgeIds = world.index.match(event).map(({ badge }) => badge.id);
    const { outcome, learnerId } = found.get(event.id) as EventEntry;
    const expected = badgeIds.length > 0 ? { kind: 'matched', badgeIds } : { kind: 'ignored', reason: 'no-match' };
    expect(outcome).to.deep.equal(expected);
    const learner = learnerId === null ? null : await world.learners.findById(learnerId);
    expect(learner?.username ?? null).to.equal(badgeIds.length > 0 ? event.user?.username : null);
  }
}

const anEvent = fc
  .record({
    learner: fc.integer({ min: 1, max: 2 }),
    course: fc.integer({ min: 0, max: 1 }),
    minute: fc.nat(12),
    ok: fc.boolean(),
  })
  .map(({ learner, course: number, minute, ok }) => {
    const username = `user-${learner}`;
    const id = `${minute}-${ok}-${number}-${username}`;
    return passing(ok, minute, { id, username, name: username, lmsUserId: learner, course: course(number) });
  });
const someEvents = fc.uniqueArray(anEvent, { minLength: 1, maxLength: 14, selector: ({ id }) => id });

const aRun = someEvents.chain((events) => {
  const positions = events.map((_, at) => at);
  return fc.record({
    events: fc.constant(events),
    schedule: fc.record({
      deliveries: fc
        .tuple(
          fc.shuffledSubarray(positions, { minLength: positions.length }),
          fc.array(fc.constantFrom(...positions), { maxLength: 8 }),
          fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 30, maxLength: 30 }),
        )
        .map(([order, again, sizes]) => inChunks([...order, ...again], sizes)),
      taken: fc.constantFrom('each alone' as const, 'together' as const, 'together, by two processes' as const),
      crashes: fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 40 }).map((numbers) => new Set(numbers)),
      unheard: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 }).map((numbers) => new Set(numbers)),
      dispatches: fc.uniqueArray(fc.nat(20), { maxLength: 12 }).map((numbers) => new Set(numbers)),
      providerFailures: fc.array(fc.constantFrom('before' as const, 'after' as const), { maxLength: 6 }),
    }),
  });
});

function inChunks(items: readonly number[], sizes: readonly number[]): number[][] {
  const queue = [...items];
  return sizes.map((size) => queue.splice(0, size)).filter((chunk) => chunk.length > 0);
}

describe('events, crashes and effects', () => {
  it('end the same after any order, duplication, grouping, interleaving and crash as after an undisturbed run', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(aRun, async ({ events, schedule }) => {
        const calm = await live(events, {
          deliveries: events.map((_, at) => [at]),
          taken: 'each alone',
          crashes: new Set(),
          unheard: new Set(),
          dispatches: new Set(events.keys()),
          providerFailures: [],
        });
        const wild = await live(events, schedule);
        expect(await stateOf(wild)).to.deep.equal(await stateOf(calm));
        expectSimulated(await stateOf(wild), events);
        await expectSettled(calm);
        await expectSettled(wild);
        await expectRecorded(calm, events);
        await expectRecorded(wild, events);
      }),
      { numRuns: 250 },
    );
  });
});
