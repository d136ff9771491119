/** A world of badges whose rules change: live events with their record in the log, and replays beside them. */

import type { Badge, RuleIndex } from '../../dsl/index.ts';
import { createEventProcessor } from '../../plugin/badges/process-event.ts';
import {
  createLearnerReplayer,
  type LearnerReplay,
  type ReplayOptions,
} from '../../plugin/badges/replay/replay-learner.ts';
import { type ReplayTarget, replayTarget, type TargetRequest } from '../../plugin/badges/replay/target.ts';
import type { RuleBook } from '../../plugin/badges/rule-book.ts';
import type { RuleReader } from '../../plugin/badges/rule-reader.ts';
import { createEventIntake } from '../../plugin/badges/take-event.ts';
import { createProgressUpdater } from '../../plugin/badges/update-progress.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { createEventLogWriter } from '../../plugin/events/event-log-writer.ts';
import type { BadgeStore, BadgeVersion } from '../../plugin/ports/badge-store.ts';
import type { LearnerIdentity } from '../../plugin/ports/event-log.ts';
import { MemoryEventLog } from '../../plugin/ports/memory-event-log.ts';
import { MemoryLearnerStore } from '../../plugin/ports/memory-learner-store.ts';
import type { MemoryProgressStore } from '../../plugin/ports/memory-progress-store.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { aWorld, type StandingClock, type World } from './badge-world.ts';
import { RecallingProgressStore } from './recalling-progress-store.ts';

export interface ReplayWorld extends World {
  readonly events: MemoryEventLog;
  readonly progress: MemoryProgressStore;
  readonly learners: MemoryLearnerStore;
  readonly replayer: ReturnType<typeof createLearnerReplayer>;
  /** When each event came in last. */
  readonly deliveries: ReadonlyMap<string, Date>;
  /** A live event: processed and recorded. */
  take(event: LmsEvent): Promise<void>;
  /** Puts other rules in force, as of now; what is not among them stays. */
  change(...badges: readonly Badge[]): void;
  remove(badgeId: string): void;
  /** What use cases around the rule book ask for. */
  readonly ruleParts: RuleParts;
  target(request?: Partial<TargetRequest>): ReplayTarget;
  replay(username: string, request?: Partial<TargetRequest>, options?: Partial<ReplayOptions>): Promise<LearnerReplay>;
}

export interface RuleParts {
  readonly ruleBook: Pick<RuleBook, 'index' | 'definitionVersion' | 'refresh' | 'revision'>;
  readonly store: Pick<BadgeStore, 'history' | 'get' | 'revision'>;
  readonly read: RuleReader;
}

export interface Wrapping {
  /** Puts something around every store that events and replays go through. */
  wrap<Store extends object>(store: Store): Store;
}

export function aReplayWorld(badges: readonly Badge[], { wrap }: Wrapping = { wrap: (store) => store }): ReplayWorld {
  const events = new MemoryEventLog();
  const learners = new MemoryLearnerStore();
  const progress = new RecallingProgressStore((save) => save % 3 === 0);
  const world = aWorld([], { learners: wrap(learners), progress: wrap(progress) });
  const clock = world.clock as StandingClock;
  const index: RuleIndex = world.index;
  const histories = new Map<string, BadgeVersion[]>();
  /** By the hash of a version. */
  const rules = new Map<string, Badge>();
  const deliveries = new Map<string, Date>();
  let revision = 0;
  const record = (badge: Badge, removed: boolean): void => {
    clock.advance(1_000);
    const history = histories.get(badge.id) ?? [];
    const version = history.length + 1;
    const hash = `${badge.id} ${version}`;
    rules.set(hash, badge);
    histories.set(badge.id, [
      {
        ...{ id: badge.id, source: '', active: badge.active && !removed, name: badge.name, template: null },
        ...{ version, hash, updatedAt: clock.now(), updatedBy: 'ada', reason: null, removed },
      },
      ...history,
    ]);
    clock.advance(1_000);
    if (badge.active && !removed) index.set(badge);
    else index.delete(badge.id);
    revision++;
  };
  const ruleBook = {
    index: () => index,
    definitionVersion: (id: string) => histories.get(id)?.[0]?.version ?? 0,
  };
  let uuids = 0;
  const common = {
    ...{ progress: wrap(progress), clock, logger: silentLogger, pause: () => Promise.resolve() },
    ids: { uuid: () => `00000000-0000-4000-9000-${String(++uuids).padStart(12, '0')}` },
    latestVersion: async (id: string) => ruleBook.definitionVersion(id),
  };
  const replayer = createLearnerReplayer({
    ...common,
    learners: wrap(learners),
    events: wrapLog(events, wrap),
    updater: createProgressUpdater(common),
  });
  const ruleParts = {
    ruleBook: { ...ruleBook, refresh: async () => false, revision: () => revision },
    store: {
      history: async (id: string) => histories.get(id) ?? [],
      get: async (id: string) => histories.get(id)?.find(({ removed }, at) => at === 0 && !removed) ?? null,
      revision: async () => revision,
    },
    read: ({ hash }: { readonly hash: string }) => rules.get(hash) ?? null,
  };
  const target = (request: Partial<TargetRequest> = {}): ReplayTarget =>
    replayTarget({ badges: null, drafts: [], ...request }, ruleParts);
  const asReceived = { membership: { kind: 'as-received' }, dryRun: false } as const;
  const processor = createEventProcessor({
    ...common,
    learners: wrap(learners),
    index: ruleBook.index,
    definitionVersion: ruleBook.definitionVersion,
    async catchUp(learnerId, badgeId) {
      const learner = await learners.findById(learnerId);
      if (learner) await replayer.replay(learner, target({ badges: [badgeId] }), asReceived);
    },
  });
  const intake = createEventIntake({
    ...{ processor, clock, logger: silentLogger, ruleRevision: () => revision },
    writer: createEventLogWriter({
      log: {
        record(entries) {
          for (const { event, receivedAt } of entries) deliveries.set(event.id, receivedAt);
          return wrap(events).record(entries);
        },
      },
      logger: silentLogger,
    }),
    async onOutdated(event) {
      if (event.user === null) return;
      await replayer.replay(await identityOf(learners, event.user), target(), asReceived);
    },
  });
  for (const badge of badges) record(badge, false);
  return {
    ...world,
    ...{ events, progress, learners, replayer, target, deliveries, ruleParts },
    async take(event) {
      await intake.take(event, 'http');
    },
    change: (...changed) => {
      for (const badge of changed) record(badge, false);
    },
    remove: (id) => record(rules.get(histories.get(id)?.[0]?.hash ?? '') as Badge, true),
    async replay(username, request, options = {}) {
      const learner = await identityOf(learners, { username, lmsUserId: await lmsUserIdIn(events, username) });
      return replayer.replay(learner, target(request), { ...asReceived, ...options });
    },
  };
}

/** As a job finds somebody who is no learner yet: by the events they have in the log. */
async function lmsUserIdIn(log: MemoryEventLog, username: string): Promise<number | null> {
  for await (const { entry } of log.scan({}))
    if (entry.event.user?.username === username) return entry.event.user.lmsUserId;
  return null;
}

export async function identityOf(
  learners: MemoryLearnerStore,
  { username, lmsUserId }: Pick<LearnerIdentity, 'username' | 'lmsUserId'>,
): Promise<LearnerIdentity> {
  return (await learners.findByUsername(username)) ?? { id: '', username, lmsUserId };
}

/** Reading the log is one call that may fail, and others get their turn in the middle of it. */
function wrapLog(log: MemoryEventLog, wrap: Wrapping['wrap']): Pick<MemoryEventLog, 'ofLearner'> {
  const wrapped = wrap({ read: async () => {} });
  return {
    async *ofLearner(learner, filter) {
      for await (const entry of log.ofLearner(learner, filter)) {
        await wrapped.read();
        yield entry;
      }
    },
  };
}
