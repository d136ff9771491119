/** How a finding is put right in the progress of a learner. Pure: applied to whatever is the latest version of it. */

import type { IssuedAtProvider } from '../../ports/badge-provider.ts';
import type { Effect, IssuedBadge, Progress } from '../../ports/progress-store.ts';

/** The award is carried out once more. It was tried before, so the provider is asked first whether it has it after all. */
export function awardedAgain(progress: Progress, number: number, externalId: string, now: Date): Progress {
  const badge = badgeOf(progress, number);
  const award = effectOf(progress, 'award', number);
  if (badge?.externalId !== externalId || badge.revokedAt !== null || award?.state !== 'done') return progress;
  const forgotten = withBadge(progress, number, { externalId: null, externalState: null, externalUrl: null });
  return withEffect(forgotten, { ...award, state: 'pending', dueAt: now, finishedAt: null }, now);
}

/** The provider has it: the award is done. What was taken back here meanwhile is taken back there as well. */
export function takenOver(progress: Progress, number: number, answer: IssuedAtProvider, now: Date): Progress {
  const badge = badgeOf(progress, number);
  if (badge === undefined || badge.externalId !== null) return progress;
  const { externalId, state: externalState, url: externalUrl } = answer;
  const known = withBadge(progress, number, { externalId, externalState, externalUrl });
  const award = effectOf(progress, 'award', number);
  const done = award ? withEffect(known, { ...award, state: 'done', finishedAt: now }, now) : known;
  return badge.revokedAt === null ? done : takenBackAgain(done, number, externalId, now);
}

/** Taking it back is carried out once more. @returns `progress` itself where another badge of ours needs it to stand */
export function takenBackAgain(progress: Progress, number: number, externalId: string, now: Date): Progress {
  const badge = badgeOf(progress, number);
  if (badge?.externalId !== externalId || badge.revokedAt === null) return progress;
  if (progress.issued.some((one) => one.externalId === externalId && one.revokedAt === null)) return progress;
  const former = effectOf(progress, 'revoke', number);
  if (former?.state === 'pending') return progress;
  const revoke: Effect = {
    id: `revoke:${number}`,
    kind: 'revoke',
    badgeNumber: number,
    attempts: former?.attempts ?? 0,
    state: 'pending',
    dueAt: now,
    createdAt: former?.createdAt ?? now,
    finishedAt: null,
    lastError: former?.lastError ?? null,
  };
  return withEffect(progress, revoke, now);
}

function badgeOf({ issued }: Progress, number: number): IssuedBadge | undefined {
  return issued.find((badge) => badge.number === number);
}

function effectOf({ effects }: Progress, kind: Effect['kind'], number: number): Effect | undefined {
  return effects.find((effect) => effect.kind === kind && effect.badgeNumber === number);
}

function withBadge(progress: Progress, number: number, change: Partial<IssuedBadge>): Progress {
  const issued = progress.issued.map((badge) => (badge.number === number ? { ...badge, ...change } : badge));
  return { ...progress, issued };
}

function withEffect(progress: Progress, effect: Effect, now: Date): Progress {
  const isKnown = progress.effects.some(({ id }) => id === effect.id);
  const effects = isKnown
    ? progress.effects.map((one) => (one.id === effect.id ? effect : one))
    : [...progress.effects, effect];
  return { ...progress, effects, updatedAt: now };
}
