/** Which effects of a progress document may be carried out, when the next one is due, and where each of them goes. */

import type { Effect, EffectFilter, IssuedBadge, OpenEffect, Progress } from '../ports/progress-store.ts';

/** The order in which the effects of one badge happen. */
const STEPS: readonly Effect['kind'][] = ['award', 'publish-awarded', 'revoke', 'publish-revoked'];

/** The lane of the public events. No provider is called so: its word would need quotes. */
export const PUBLISH_LANE = '(event bus)';

/** @returns the pending effects that wait for no other: all earlier steps of the same badge are done or not wanted any
 *    more. A step that failed holds back what follows it. */
export function readyEffects(effects: readonly Effect[]): readonly Effect[] {
  return effects.filter((effect) => effect.state === 'pending' && !isHeldBack(effect, effects));
}

/** @returns null when there is nothing to do until progress changes or a person steps in */
export function nextEffectAt(effects: readonly Effect[]): Date | null {
  const times = readyEffects(effects).map(({ dueAt }) => dueAt.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}

/** @returns the word of the provider it is carried out at, or the lane of the public events */
export function laneOf({ kind, badgeNumber }: Effect, issued: readonly IssuedBadge[]): string {
  if (kind === 'publish-awarded' || kind === 'publish-revoked') return PUBLISH_LANE;
  return issued.find(({ number }) => number === badgeNumber)?.template?.provider ?? '';
}

/** Everything that waits: for its time, for another step, or for a person. */
export function openEffects({ effects, issued }: Pick<Progress, 'effects' | 'issued'>): readonly OpenEffect[] {
  const ready = new Set(readyEffects(effects));
  return effects.flatMap((effect) => {
    const { id, kind, state, dueAt, lastError } = effect;
    if (state !== 'pending' && state !== 'failed') return [];
    return [
      {
        id,
        kind,
        state,
        lane: laneOf(effect, issued),
        dueAt: ready.has(effect) ? dueAt : null,
        error: lastError?.code ?? null,
      },
    ];
  });
}

/** Whether an open effect is one of those asked for. */
export function isEffect(effect: OpenEffect, { state, kind, lane, error }: EffectFilter): boolean {
  return (
    (state === undefined || effect.state === state) &&
    (kind === undefined || effect.kind === kind) &&
    (lane === undefined || effect.lane === lane) &&
    (error === undefined || effect.error === error)
  );
}

/** Steps of the same badge that follow an effect. */
function isAfter(other: Effect, effect: Effect): boolean {
  return other.badgeNumber === effect.badgeNumber && STEPS.indexOf(other.kind) > STEPS.indexOf(effect.kind);
}

function isHeldBack(effect: Effect, effects: readonly Effect[]): boolean {
  return effects.some((other) => isAfter(effect, other) && (other.state === 'pending' || other.state === 'failed'));
}
