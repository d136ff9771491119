/** Which effects of a progress document may be carried out, and when the next one is due. */

import type { Effect } from '../ports/progress-store.ts';

/** The order in which the effects of one badge happen. */
const STEPS: readonly Effect['kind'][] = ['award', 'publish-awarded', 'revoke', 'publish-revoked'];

/** @returns the pending effects that wait for no other: all earlier steps of the same badge are done or not wanted any
 *    more. A step that was given up holds back what follows it. */
export function readyEffects(effects: readonly Effect[]): readonly Effect[] {
  return effects.filter((effect) => effect.state === 'pending' && !isHeldBack(effect, effects));
}

/** @returns null when there is nothing to do until progress changes or a person steps in */
export function nextEffectAt(effects: readonly Effect[]): Date | null {
  const times = readyEffects(effects).map(({ dueAt }) => dueAt.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}

function isHeldBack(effect: Effect, effects: readonly Effect[]): boolean {
  const step = STEPS.indexOf(effect.kind);
  return effects.some(
    (other) =>
      other.badgeNumber === effect.badgeNumber &&
      STEPS.indexOf(other.kind) < step &&
      (other.state === 'pending' || other.state === 'failed'),
  );
}
