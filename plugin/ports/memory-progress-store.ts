/** In-memory twin of the progress store: the reference behaviour for its contract, and what tests use. */

import { compareCodePoints } from '../../dsl/index.ts';
import { isEffect, openEffects } from '../badges/effect-order.ts';
import { isIssued } from '../badges/is-issued.ts';
import { fromIssuedCursor, type IssuedPlace, toIssuedCursor } from '../badges/issued-cursor.ts';
import { fromCursor, type ProgressPlace, toCursor } from '../badges/progress-cursor.ts';
import type { Page } from './learner-store.ts';
import { memoryRecords } from './memory-records.ts';
import type {
  BadgeStages,
  Effect,
  EffectGroup,
  IssuedGroup,
  IssuedQuery,
  LaneChoice,
  OpenEffect,
  Progress,
  ProgressCount,
  ProgressQuery,
  ProgressStore,
} from './progress-store.ts';
import { progressShape } from './record-shapes.ts';

export class MemoryProgressStore implements ProgressStore {
  readonly #documents = new Map<string, Progress>();
  readonly records = memoryRecords(progressShape, () => this.#documents.values());

  async load(learnerId: string, badgeId: string): Promise<Progress | null> {
    return this.#documents.get(keyOf({ learnerId, badgeId })) ?? null;
  }

  /** Looking costs nothing here. */
  recall(_learnerId: string, _badgeId: string): Progress | null {
    return null;
  }

  async save(progress: Progress): Promise<boolean> {
    const stored = this.#documents.get(keyOf(progress));
    if ((stored?.version ?? 0) !== progress.version) return false;
    this.#documents.set(keyOf(progress), { ...progress, version: progress.version + 1 });
    return true;
  }

  async due(now: Date, limit: number, lanes: LaneChoice): Promise<readonly Progress[]> {
    return [...this.#documents.values()]
      .flatMap((progress) => {
        const open = openEffects(progress);
        const at = earliest(open);
        return at !== null && open.some((effect) => isDue(effect, now, lanes)) ? [{ progress, at }] : [];
      })
      .toSorted((a, b) => a.at.getTime() - b.at.getTime())
      .slice(0, limit)
      .map(({ progress }) => progress);
  }

  async ofLearner(learnerId: string): Promise<readonly Progress[]> {
    return [...this.#documents.values()]
      .filter((progress) => progress.learnerId === learnerId)
      .toSorted((a, b) => compareCodePoints(a.badgeId, b.badgeId));
  }

  async list(query: ProgressQuery): Promise<Page<Progress>> {
    const matching = [...this.#documents.values()]
      .filter((progress) => matches(progress, query))
      .toSorted(compareByChange);
    const rest = query.after === undefined ? matching : behind(matching, query.after);
    const items = rest.slice(0, query.limit);
    const last = items.at(-1);
    return { items, next: last && rest.length > items.length ? toCursor(last) : null };
  }

  async counts(badgeIds: readonly string[]): Promise<readonly ProgressCount[]> {
    const counts = new Map<string, ProgressCount>();
    for (const { badgeId, outcome, evaluated } of this.#documents.values()) {
      if (!badgeIds.includes(badgeId)) continue;
      const key = JSON.stringify([badgeId, outcome.status, evaluated]);
      const count = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { badgeId, status: outcome.status, evaluated, count });
    }
    return [...counts.values()].toSorted(
      (a, b) =>
        compareCodePoints(a.badgeId, b.badgeId) ||
        compareCodePoints(a.status, b.status) ||
        Number(a.evaluated) - Number(b.evaluated),
    );
  }

  async stages(badgeIds: readonly string[]): Promise<readonly BadgeStages[]> {
    return badgeIds.map((badgeId) => {
      const own = [...this.#documents.values()].filter((one) => one.badgeId === badgeId && !one.evaluated);
      const count = (isSuch: (progress: Progress) => boolean) => own.filter(isSuch).length;
      const knows = ({ issued }: Progress, isSuch: (state: string) => boolean) =>
        issued.some(
          ({ revokedAt, externalState }) => revokedAt === null && externalState !== null && isSuch(externalState),
        );
      return {
        badgeId,
        begun: count(({ outcome }) => outcome.status !== 'none'),
        partDone: count(
          ({ outcome: { status, progress } }) => status === 'awarded' || (status !== 'none' && progress > 0),
        ),
        complete: count(({ outcome }) => outcome.status === 'awarded'),
        revoked: count(({ outcome }) => outcome.status === 'revoked'),
        issued: count((one) => knows(one, () => true)),
        accepted: count((one) => knows(one, (state) => state === 'accepted')),
      };
    });
  }

  async effectGroups(): Promise<readonly EffectGroup[]> {
    const groups = new Map<string, EffectGroup>();
    for (const progress of this.#documents.values()) {
      for (const { state, kind, lane, error } of openEffects(progress)) {
        const key = JSON.stringify([state, kind, lane, error]);
        groups.set(key, { state, kind, lane, error, count: (groups.get(key)?.count ?? 0) + 1 });
      }
    }
    return [...groups.values()];
  }

  async learnersOf(badgeId: string, after: string | null, limit: number): Promise<readonly string[]> {
    return this.#learners((progress) => progress.badgeId === badgeId, after, limit);
  }

  async learnerIds(after: string | null, limit: number): Promise<readonly string[]> {
    return this.#learners(() => true, after, limit);
  }

  async findIssued(provider: string, externalId: string): Promise<readonly Progress[]> {
    return [...this.#documents.values()]
      .filter(({ issued }) =>
        issued.some((one) => one.externalId === externalId && one.template?.provider === provider),
      )
      .toSorted(compareByLearner);
  }

  async listIssued({ badgeId, learnerIds, after, limit, ...filter }: IssuedQuery): Promise<Page<Progress>> {
    const matching = [...this.#documents.values()]
      .filter(({ issued }) => issued.some((badge) => isIssued(badge, filter)))
      .filter((one) => badgeId === undefined || one.badgeId === badgeId)
      .filter((one) => learnerIds === undefined || learnerIds.includes(one.learnerId))
      .toSorted(compareByLearner);
    const place = after === undefined ? null : fromIssuedCursor(after);
    const rest = place === null ? matching : matching.filter((one) => compareByLearner(one, place) > 0);
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    return { items, next: last && rest.length > items.length ? toIssuedCursor(last) : null };
  }

  async issuedGroups(): Promise<readonly IssuedGroup[]> {
    const groups = new Map<string, IssuedGroup>();
    for (const { issued } of this.#documents.values()) {
      for (const { template, externalState, revokedAt } of issued) {
        const { provider = null, id: templateId = null } = template ?? {};
        const stands = revokedAt === null;
        const key = JSON.stringify([provider, templateId, externalState, stands]);
        const count = (groups.get(key)?.count ?? 0) + 1;
        groups.set(key, { provider, templateId, externalState, stands, count });
      }
    }
    return [...groups.values()];
  }

  async hasOlderThan(badgeId: string, ruleVersion: number): Promise<boolean> {
    return [...this.#documents.values()].some((one) => one.badgeId === badgeId && one.ruleVersion < ruleVersion);
  }

  #learners(isWanted: (progress: Progress) => boolean, after: string | null, limit: number): readonly string[] {
    const ids = new Set([...this.#documents.values()].filter(isWanted).map(({ learnerId }) => learnerId));
    return [...ids]
      .filter((id) => after === null || compareCodePoints(id, after) > 0)
      .sort(compareCodePoints)
      .slice(0, limit);
  }

  async effectCounts(): Promise<{ readonly pending: number; readonly failed: number }> {
    const count = (state: Effect['state']): number =>
      [...this.#documents.values()].filter(({ effects }) => effects.some((effect) => effect.state === state)).length;
    return { pending: count('pending'), failed: count('failed') };
  }
}

function earliest(open: readonly OpenEffect[]): Date | null {
  return open.reduce<Date | null>(
    (least, { dueAt }) => (dueAt !== null && (least === null || dueAt < least) ? dueAt : least),
    null,
  );
}

function isDue({ dueAt, lane }: OpenEffect, now: Date, lanes: LaneChoice): boolean {
  return dueAt !== null && dueAt <= now && ('only' in lanes ? lane === lanes.only : !lanes.except.includes(lane));
}

function keyOf({ learnerId, badgeId }: Pick<Progress, 'learnerId' | 'badgeId'>): string {
  return JSON.stringify([learnerId, badgeId]);
}

function matches(progress: Progress, query: ProgressQuery): boolean {
  const { badgeId, learnerId, outcome } = progress;
  const { effect } = query;
  return (
    (query.badgeId === undefined || badgeId === query.badgeId) &&
    (query.status === undefined || outcome.status === query.status) &&
    (effect === undefined || openEffects(progress).some((open) => isEffect(open, effect))) &&
    (query.learnerIds === undefined || query.learnerIds.includes(learnerId))
  );
}

function compareByLearner(a: IssuedPlace, b: IssuedPlace): number {
  return compareCodePoints(a.learnerId, b.learnerId) || compareCodePoints(a.badgeId, b.badgeId);
}

function compareByChange(a: ProgressPlace, b: ProgressPlace): number {
  return (
    b.updatedAt.getTime() - a.updatedAt.getTime() ||
    compareCodePoints(a.learnerId, b.learnerId) ||
    compareCodePoints(a.badgeId, b.badgeId)
  );
}

function behind(sorted: readonly Progress[], cursor: string): readonly Progress[] {
  const place = fromCursor(cursor);
  return sorted.filter((progress) => compareByChange(progress, place) > 0);
}
