/** The next state of one learner on one badge. Pure: the same contributions give the same outcome in every order. */

import { type Badge, type Contribution, outcome } from '../../dsl/index.ts';
import type { Progress } from '../ports/progress-store.ts';
import { type IssuingFacts, reconcile } from './effects.ts';
import { createProvenance } from './provenance.ts';

export interface Advance extends Omit<IssuingFacts, 'template' | 'provenanceOf'> {
  readonly learnerId: string;
  readonly badge: Badge;
  /** All of them, in timeline order: the former ones and what is new. */
  readonly contributions: readonly Contribution[];
}

/** @param former null: nothing is stored yet
 *  @returns `former` itself when neither the contributions nor the rules have changed; the version is left to the store */
export function advance(former: Progress | null, step: Advance): Progress {
  const { learnerId, badge, contributions, ruleVersion, now } = step;
  if (former !== null && former.contributions === contributions && former.ruleVersion === ruleVersion) return former;
  const next = outcome(badge, contributions);
  const ledger = reconcile({ issued: former?.issued ?? [], effects: former?.effects ?? [] }, next.history, {
    template: badge.template,
    ruleVersion,
    now,
    newUuid: () => step.newUuid(),
    provenanceOf: createProvenance({ badge, contributions, ruleVersion, now }),
  });
  return {
    learnerId,
    badgeId: badge.id,
    version: former?.version ?? 0,
    ruleVersion,
    contributions,
    outcome: next,
    ...ledger,
    updatedAt: now,
  };
}
