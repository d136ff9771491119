import { expect } from 'chai';
import fc from 'fast-check';
import { type Badge, type Contribution, evaluate, type Outcome } from '../../../../dsl/index.ts';
import { StoreError } from '../../../../plugin/errors.ts';
import type { LmsEvent } from '../../../../plugin/events/event.ts';
import { bothCourses, course, courseBadge, follower, passing } from '../../../support/badge-world.ts';
import { isRecall } from '../../../support/recalling-progress-store.ts';
import { aReplayWorld, identityOf, type ReplayWorld } from '../../../support/replay-world.ts';
import { aRequirement, onBadge, passed } from '../../../support/rule-values.ts';
import { untilDone } from '../../../support/until-done.ts';

const BEFORE: readonly Badge[] = [
  courseBadge({ id: 'demo' }, course(0)),
  bothCourses,
  follower,
  courseBadge({ id: 'often', repeatable: true, maxAwards: Number.POSITIVE_INFINITY, penalties: [] }, course(1)),
];
/** What anything may be changed to; `late` is new. */
const CHANGED: readonly Badge[] = [
  courseBadge({ id: 'demo', requirements: [aRequirement({ id: 'pass', where: passed, count: 2 })] }, course(0)),
  { ...bothCourses, requirements: bothCourses.requirements.slice(0, 1), penalties: [] },
  {
    ...follower,
    requirements: [
      aRequirement({ id: 'first', on: onBadge('demo') }),
      aRequirement({ id: 'again', group: 'B', on: onBadge('often') }),
    ],
    penalties: [],
  },
  courseBadge({ id: 'often', repeatable: true, maxAwards: 2, penalties: [] }, course(0)),
  courseBadge({ id: 'late' }, course(1)),
];

type Action =
  | { readonly kind: 'take'; readonly event: number }
  | { readonly kind: 'change'; readonly badge: number }
  | { readonly kind: 'replay'; readonly learner: number };

interface Run {
  readonly events: readonly LmsEvent[];
  /** Those of one inner list happen at the same time. */
  readonly schedule: readonly (readonly Action[])[];
  readonly crashes: ReadonlySet<number>;
}

const anEvent = fc
  .record({ learner: fc.integer({ min: 1, max: 2 }), course: fc.nat(1), minute: fc.nat(12), ok: fc.boolean() })
  .map(({ learner, course: number, minute, ok }) => {
    const username = `user-${learner}`;
    const id = `${minute}-${ok}-${number}-${username}`;
    return passing(ok, minute, { id, username, name: username, lmsUserId: learner, course: course(number) });
  });

const aRun = (crashes: number): fc.Arbitrary<Run> =>
  fc.uniqueArray(anEvent, { minLength: 1, maxLength: 12, selector: ({ id }) => id }).chain((events) => {
    const take = events.map((_, event): Action => ({ kind: 'take', event }));
    const other = fc.oneof(
      fc.nat(events.length - 1).map((event): Action => ({ kind: 'take', event })),
      fc.nat(CHANGED.length - 1).map((badge): Action => ({ kind: 'change', badge })),
      fc.integer({ min: 1, max: 2 }).map((learner): Action => ({ kind: 'replay', learner })),
    );
    return fc.record({
      events: fc.constant(events),
      schedule: fc
        .array(other, { minLength: 1, maxLength: 10 })
        .chain((others) =>
          fc
            .tuple(
              fc.shuffledSubarray([...take, ...others], { minLength: take.length + others.length }),
              fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 30, maxLength: 30 }),
            )
            .map(([actions, sizes]) => inChunks(actions, sizes)),
        ),
      crashes: fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: crashes }).map((all) => new Set(all)),
    });
  });

function inChunks(items: readonly Action[], sizes: readonly number[]): Action[][] {
  const queue = [...items];
  return sizes.map((size) => queue.splice(0, size)).filter((chunk) => chunk.length > 0);
}

const oneEvent = passing(true, 11, { username: 'user-1', name: 'user-1', lmsUserId: 1, course: course(1) });
/** `late` comes into force while the event, which came in before, is begun anew because other rules have changed: it was
 *  counted, and recorded as having come in too early to count. */
const BEGUN_ANEW: Run = {
  events: [oneEvent],
  schedule: [
    [{ kind: 'change', badge: 2 }],
    [
      { kind: 'take', event: 0 },
      { kind: 'replay', learner: 2 },
    ],
    [
      { kind: 'replay', learner: 2 },
      { kind: 'change', badge: 2 },
    ],
    [
      { kind: 'take', event: 0 },
      { kind: 'change', badge: 2 },
      { kind: 'change', badge: 4 },
    ],
    [{ kind: 'replay', learner: 1 }],
    [{ kind: 'change', badge: 3 }],
  ],
  crashes: new Set([10]),
};

async function live({ events, schedule, crashes }: Run): Promise<ReplayWorld> {
  let calls = 0;
  const wrap = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        if (isRecall(key)) return method.bind(target);
        return async (...given: unknown[]): Promise<unknown> => {
          const number = ++calls;
          const crash = new StoreError('unavailable', `call ${number} was cut off`);
          if (crashes.has(number) && number % 2 === 1) throw crash;
          const result: unknown = await method.apply(target, given);
          if (crashes.has(number)) throw crash;
          return result;
        };
      },
    });
  const world = aReplayWorld(BEFORE, { wrap });
  const act = (action: Action): Promise<unknown> => {
    switch (action.kind) {
      case 'take':
        return untilDone(() => world.take(events[action.event] as LmsEvent));
      case 'change': {
        world.change(CHANGED[action.badge] as Badge);
        // What the job does that follows a change; here it is left alone where it breaks off.
        return Promise.all(['user-1', 'user-2'].map((learner) => world.replay(learner).catch(() => {})));
      }
      case 'replay':
        return world.replay(`user-${action.learner}`).catch(() => {});
    }
  };
  for (const actions of schedule) await Promise.all(actions.map(act));
  return world;
}

interface State {
  readonly contributions: readonly Contribution[];
  readonly outcome: Outcome;
}

async function storedState(world: ReplayWorld): Promise<Map<string, State>> {
  const states = new Map<string, State>();
  for (const { id, username } of (await world.learners.list({ limit: 99 })).items) {
    for (const { badgeId, outcome, contributions, issued } of await world.progress.ofLearner(id)) {
      expect(issued.filter(({ revokedAt }) => revokedAt === null)).to.have.length(outcome.awards);
      if (contributions.length > 0) states.set(`${username} ${badgeId}`, { contributions, outcome });
    }
  }
  return states;
}

/** Found anew from the log alone. */
async function stateFromScratch(world: ReplayWorld): Promise<Map<string, State>> {
  const target = world.target();
  const { intervals } = await target.past('late');
  const activeSince = intervals[0]?.from;
  const byUser = new Map<string, { early: LmsEvent[]; all: LmsEvent[] }>();
  for await (const { entry } of world.events.scan({})) {
    const username = entry.event.user?.username ?? '';
    const known = byUser.get(username) ?? { early: [], all: [] };
    byUser.set(username, known);
    known.all.push(entry.event);
    // The log keeps the first time; what comes once more counts for what is active then.
    const latest = world.deliveries.get(entry.event.id) ?? entry.receivedAt;
    if (activeSince === undefined || latest < activeSince) known.early.push(entry.event);
  }
  const states = new Map<string, State>();
  const late = target.index.get('late');
  const others = [...target.index.badges()].filter((badge) => badge !== late);
  for (const [username, { all, early }] of byUser) {
    const belonging = all.filter((event) => !early.includes(event));
    const found = [...evaluate(others, all), ...(late ? evaluate([late], belonging) : [])];
    for (const [badge, { contributions, outcome }] of found) {
      if (contributions.length > 0) states.set(`${username} ${badge}`, { contributions, outcome });
    }
  }
  return states;
}

async function replayAll(world: ReplayWorld): Promise<void> {
  for (const lmsUserId of [1, 2]) {
    const learner = await identityOf(world.learners, { username: `user-${lmsUserId}`, lmsUserId });
    const options = { membership: { kind: 'as-received' }, dryRun: false } as const;
    await untilDone(() => world.replayer.replay(learner, world.target(), options));
  }
}

describe('replaying beside live events, changes of rules and crashes', () => {
  it('ends where an evaluation from scratch ends, however often it was broken off, and then writes nothing more', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(aRun(40), async (run) => {
        const world = await live(run);
        await replayAll(world);
        const stored = await storedState(world);
        expect(stored).to.deep.equal(await stateFromScratch(world));
        const before = await world.progress.list({ limit: 999 });
        await replayAll(world);
        expect(await world.progress.list({ limit: 999 })).to.deep.equal(before);
      }),
      { numRuns: 400, examples: [[BEGUN_ANEW]] },
    );
  });

  it('needs no second replay where nothing crashed: what a change overtakes is asked again', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(aRun(0), async (run) => {
        const world = await live(run);
        expect(await storedState(world)).to.deep.equal(await stateFromScratch(world));
      }),
      { numRuns: 400 },
    );
  });
});
