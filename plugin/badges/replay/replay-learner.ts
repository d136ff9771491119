/** Brings one learner up to date: asks the logged events again, and what waits for a badge after the badge.
 *
 *  Safe at any time and any number of times, beside live events: each badge is saved once, with everything it has in the
 *  end, by the same conditional update as live events; what is up to date already is not written. */

import type { Badge, Contribution, RuleIndex } from '../../../dsl/index.ts';
import { upstreamsOf } from '../../../dsl/index.ts';
import type { EventUser, LmsEvent } from '../../events/event.ts';
import type { EventLog, LearnerIdentity } from '../../ports/event-log.ts';
import type { LearnerStore } from '../../ports/learner-store.ts';
import type { Progress, ProgressStore } from '../../ports/progress-store.ts';
import type { Clock } from '../../ports/runtime.ts';
import { readyEffects } from '../effect-order.ts';
import { advance, visibleHistory } from '../progress.ts';
import type { ProgressChange, ProgressUpdater } from '../update-progress.ts';
import { type EventSelection, isAsReceived, isSelected } from './membership.ts';
import { type Answer, type BadgeDifference, contributionsNow, countUnverified, differenceOf } from './reevaluate.ts';
import type { ReplayTarget } from './target.ts';

/** Which logged events count that have not counted so far. */
export type Membership =
  /** Those received while the badge was active. */
  | { readonly kind: 'as-received' }
  /** Those too, and for the chosen badges all that are selected, whenever they were received. */
  | ({ readonly kind: 'backfill' } & EventSelection)
  /** The log is not looked at. */
  | { readonly kind: 'none' };

export interface ReplayOptions {
  readonly membership: Membership;
  /** Finds out and changes nothing. */
  readonly dryRun: boolean;
}

export interface LearnerReplay {
  /** null: there is no record of them, and none was made. */
  readonly learnerId: string | null;
  /** Of every badge that was looked at. */
  readonly badges: readonly BadgeReplay[];
}

export interface BadgeReplay extends BadgeDifference {
  /** Contributions that rest on events no longer in the log, though they would be asked something else now. */
  readonly unverified: number;
  /** Older rules made its progress, and its events were not asked again. */
  readonly isOutdated: boolean;
  /** What is stored was another, or would be in a dry run. */
  readonly isWritten: boolean;
}

export interface LearnerReplayer {
  /** @param learner somebody who is no learner yet has the id '' */
  replay(learner: LearnerIdentity, target: ReplayTarget, options: ReplayOptions): Promise<LearnerReplay>;
}

export interface LearnerReplayerParts {
  readonly progress: Pick<ProgressStore, 'ofLearner'>;
  readonly events: Pick<EventLog, 'ofLearner'>;
  readonly learners: Pick<LearnerStore, 'resolve'>;
  readonly updater: ProgressUpdater;
  readonly clock: Clock;
  readonly ids: { uuid(): string };
  onEffects?(): void;
}

/** What the events of a learner answer. */
interface Interview {
  readonly asked: ReadonlySet<string>;
  readonly answers: ReadonlyMap<string, ReadonlyMap<string, Answer>>;
  /** Badges for which one counts that has not counted. */
  readonly newFor: ReadonlySet<string>;
  /** The latest event that counts. */
  readonly latest: LmsEvent | null;
}

export function createLearnerReplayer(parts: LearnerReplayerParts): LearnerReplayer {
  const { progress, events, learners, updater, clock, ids } = parts;

  async function replay(
    learner: LearnerIdentity,
    target: ReplayTarget,
    { membership, dryRun }: ReplayOptions,
  ): Promise<LearnerReplay> {
    const documents = learner.id === '' ? [] : await progress.ofLearner(learner.id);
    const interview = membership.kind === 'none' ? null : await ask(learner, documents, target, membership);
    if (learner.id === '' && !dryRun) {
      // Nobody becomes a learner by events that no badge wants.
      if (!interview?.latest) return { learnerId: null, badges: [] };
      const found = await learners.resolve(interview.latest.user as EventUser, interview.latest.time);
      return replay(found, target, { membership, dryRun });
    }
    const current = new Map(documents.map((document) => [document.badgeId, document]));
    const badges: BadgeReplay[] = [];
    for (const badge of inOrder(target.index, [...current.keys(), ...(interview?.newFor ?? [])])) {
      const ruleVersion = target.versionOf(badge.id);
      const answers = interview && {
        asked: interview.asked,
        given: interview.answers.get(badge.id) ?? new Map<string, Answer>(),
      };
      const isOutdated = answers === null && (current.get(badge.id)?.ruleVersion ?? ruleVersion) !== ruleVersion;
      // What older rules made cannot be judged without the events.
      const contributions = (former: Progress | null): readonly Contribution[] =>
        contributionsNow(former?.contributions ?? [], badge, answers, (id) => visibleHistory(badge, current.get(id)));
      const step = { badge, ruleVersion, learnerId: learner.id, current, contributions, anew: answers === null };
      const change = isOutdated ? unchanged(current.get(badge.id)) : await (dryRun ? foresee(step) : carryOut(step));
      if (change === null) continue;
      const { versions } = answers === null ? { versions: [] } : await target.past(badge.id);
      const unverified = answers && countUnverified(change.after.contributions, badge, answers, versions);
      badges.push({
        ...differenceOf(change.before, change.after),
        unverified: unverified ?? 0,
        isOutdated,
        isWritten: change.before !== change.after,
      });
    }
    if (!dryRun && [...current.values()].some(({ effects }) => readyEffects(effects).length > 0)) parts.onEffects?.();
    return { learnerId: learner.id === '' ? null : learner.id, badges };
  }

  interface Step {
    readonly learnerId: string;
    readonly badge: Badge;
    readonly ruleVersion: number;
    readonly current: Map<string, Progress>;
    readonly anew: boolean;
    contributions(former: Progress | null): readonly Contribution[];
  }

  function carryOut(step: Step): Promise<ProgressChange | null> {
    return updater.update({ ...step, upstreams: upstreamsOf(step.badge) });
  }

  /** The same without saving: what waits for the badge sees what it would be. */
  async function foresee({ current, contributions, ...step }: Step): Promise<ProgressChange | null> {
    const before = current.get(step.badge.id) ?? null;
    const all = contributions(before);
    if (before === null && all.length === 0) return null;
    const after = advance(before, {
      ...{ ...step, contributions: all },
      now: clock.now(),
      newUuid: () => ids.uuid(),
    });
    current.set(step.badge.id, after);
    return { before, after };
  }

  async function ask(
    learner: LearnerIdentity,
    documents: readonly Progress[],
    target: ReplayTarget,
    membership: Exclude<Membership, { kind: 'none' }>,
  ): Promise<Interview> {
    const types = new Set(target.types);
    for (const { badgeId } of documents.filter((document) => target.index.get(document.badgeId))) {
      for (const type of (await target.past(badgeId)).types) types.add(type);
    }
    const asked = new Set<string>();
    const answers = new Map<string, Map<string, Answer>>();
    const newFor = new Set<string>();
    let latest: LmsEvent | null = null;
    for await (const entry of events.ofLearner(learner, { types: [...types] })) {
      asked.add(entry.event.id);
      for (const { badge, contribution } of target.index.match(entry.event)) {
        const { intervals } = await target.past(badge.id);
        const isNamed = membership.kind === 'backfill' && target.chosen.has(badge.id) && isSelected(entry, membership);
        const belongs = isNamed || isAsReceived(entry, intervals);
        const given = answers.get(badge.id) ?? new Map<string, Answer>();
        answers.set(badge.id, given.set(entry.event.id, { contribution, belongs }));
        if (!belongs) continue;
        newFor.add(badge.id);
        latest = entry.event;
      }
    }
    return { asked, answers, newFor, latest };
  }

  return { replay };
}

function unchanged(progress: Progress | undefined): ProgressChange | null {
  return progress ? { before: progress, after: progress } : null;
}

/** The badges of the index among these, and all that wait for them. */
function inOrder(index: RuleIndex, badgeIds: readonly string[]): readonly Badge[] {
  const reached = new Set(badgeIds);
  for (const id of reached) for (const dependent of index.dependents(id)) reached.add(dependent.id);
  return index.topological(reached).flatMap((id) => index.get(id) ?? []);
}
