/** The next state of one learner on one badge. Pure: the same contributions give the same outcome in every order. */

import { isDeepStrictEqual } from 'node:util';
import { type Award, type Badge, type Contribution, outcome } from '../../dsl/index.ts';
import type { Progress } from '../ports/progress-store.ts';
import { type IssuingFacts, reconcile } from './effects.ts';
import { createProvenance } from './provenance.ts';

export interface Advance extends Omit<IssuingFacts, 'template' | 'provenanceOf'> {
  readonly learnerId: string;
  readonly badge: Badge;
  /** All of them, in timeline order: the former ones and what is new. */
  readonly contributions: readonly Contribution[];
  /** Compute it all the same when nothing seems to have changed: what is stored may be wrong. */
  readonly anew?: boolean;
}

/** @param former null: nothing is stored yet
 *  @returns `former` itself when neither the contributions nor the rules have changed, or `anew` finds what is stored;
 *    the version is left to the store */
export function advance(former: Progress | null, step: Advance): Progress {
  const { learnerId, badge, contributions, ruleVersion, now } = step;
  const isKnown = former !== null && former.contributions === contributions && former.ruleVersion === ruleVersion;
  if (isKnown && !step.anew) return former;
  const next = outcome(badge, contributions);
  const issuedSoFar = { issued: former?.issued ?? [], effects: former?.effects ?? [] };
  const ledger = badge.evaluate
    ? issuedSoFar
    : reconcile(issuedSoFar, next.history, {
        template: badge.template,
        ruleVersion,
        now,
        trace: step.trace,
        newUuid: () => step.newUuid(),
        provenanceOf: createProvenance({ badge, contributions, ruleVersion, now }),
      });
  const isRight = ledger.issued === former?.issued && ledger.effects === former.effects;
  if (isKnown && isRight && isDeepStrictEqual(next, former.outcome)) return former;
  return {
    learnerId,
    badgeId: badge.id,
    version: former?.version ?? 0,
    ruleVersion,
    evaluated: badge.evaluate,
    contributions,
    outcome: next,
    ...ledger,
    updatedAt: now,
  };
}

/** What a badge sees of one that it waits for: awards that were never issued count for nothing, unless it is itself only
 *  being evaluated. @param upstream undefined: it has no progress */
export function visibleHistory(dependent: Badge, upstream: Progress | undefined): readonly Award[] {
  if (upstream === undefined || (upstream.evaluated && !dependent.evaluate)) return [];
  return upstream.outcome.history;
}
