/** Badges and progress as accounts have them that are limited to some organisations: badges of their own and shared ones, and of
 *  their own alone who has come how far. */

import { openEffects } from '../../../plugin/badges/effect-order.ts';
import type { BadgeStore } from '../../../plugin/ports/badge-store.ts';
import type { BelongingKind } from '../../../plugin/ports/belongings.ts';
import type { EffectGroup, IssuedGroup, Progress, ProgressStore } from '../../../plugin/ports/progress-store.ts';
import type { Condition } from '../../../plugin/ports/records.ts';
import { refuse } from './closed.ts';
import { limitRecords } from './limited-records.ts';
import type { Reach } from './reach.ts';

const BADGE: BelongingKind = 'badge';

export function limitBadges(badges: BadgeStore, reach: Reach): BadgeStore {
  const sees = ({ id }: { readonly id: string }): boolean => reach.sees(BADGE, id);
  return {
    list: async () => (await badges.list()).filter(sees),
    get: async (id) => (sees({ id }) ? badges.get(id) : null),
    history: async (id) => (sees({ id }) ? badges.history(id) : []),
    removed: async () => (await badges.removed()).filter(sees),
    revision: () => badges.revision(),
    state: refuse,
    save: refuse,
    apply: refuse,
  };
}

export function limitProgress(progress: ProgressStore, reach: Reach): ProgressStore {
  const owns = (badgeId: string): boolean => reach.owns(BADGE, badgeId);
  const isOwn = ({ badgeId }: { readonly badgeId: string }): boolean => owns(badgeId);
  const within = (): readonly Condition[] => [{ field: 'badgeId', in: reach.owned(BADGE) }];
  const records = limitRecords(progress.records, within, { name: 'badgeId', has: owns });

  async function grouped<Group extends { readonly count: number }>(
    where: readonly Condition[],
    groupsOf: (one: Progress) => readonly Omit<Group, 'count'>[],
  ): Promise<readonly Group[]> {
    const found = new Map<string, Group>();
    for await (const batch of records.scan({ where, order: { field: 'updatedAt', descending: true } }))
      for (const group of batch.flatMap(groupsOf)) {
        const key = JSON.stringify(group);
        found.set(key, { ...group, count: (found.get(key)?.count ?? 0) + 1 } as Group);
      }
    return [...found.values()];
  }

  return {
    records,
    load: async (learnerId, badgeId) => (owns(badgeId) ? progress.load(learnerId, badgeId) : null),
    ofLearner: async (learnerId) => (await progress.ofLearner(learnerId)).filter(isOwn),
    list: async (query) => (query.badgeId === undefined || !owns(query.badgeId) ? NOTHING : progress.list(query)),
    counts: (badgeIds) => progress.counts(badgeIds.filter(owns)),
    stages: (badgeIds) => progress.stages(badgeIds.filter(owns)),
    effectGroups: () =>
      grouped<EffectGroup>([{ field: 'effects', in: ['pending', 'failed'] }], (one) =>
        openEffects(one).map(({ state, kind, lane, error }) => ({ state, kind, lane, error })),
      ),
    issuedGroups: () =>
      grouped<IssuedGroup>([], ({ issued }) =>
        issued.map(({ template, externalState, revokedAt }) => ({
          ...{ provider: template?.provider ?? null, templateId: template?.id ?? null },
          ...{ externalState, stands: revokedAt === null },
        })),
      ),
    learnersOf: async (badgeId, after, limit) => (owns(badgeId) ? progress.learnersOf(badgeId, after, limit) : []),
    findIssued: async (provider, id) => (await progress.findIssued(provider, id)).filter(isOwn),
    listIssued: async (query) =>
      query.badgeId === undefined || !owns(query.badgeId) ? NOTHING : progress.listIssued(query),
    hasOlderThan: async (badgeId, version) => owns(badgeId) && progress.hasOlderThan(badgeId, version),
    effectCounts: refuse,
    learnerIds: refuse,
    recall: refuse,
    due: refuse,
    // What their provider says of own badges is written down.
    save: async (document) => (isOwn(document) ? progress.save(document) : refuse()),
  };
}

const NOTHING = { items: [], next: null } as const;
