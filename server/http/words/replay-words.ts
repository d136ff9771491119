/** A replay in words, for the list of jobs and the audit, whoever asks for it. */

import { formatInstant } from '../../../dsl/index.ts';
import type { ReplayRequest } from '../../../plugin/badges/replay/replay-request.ts';
import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import { counts, type FilledWords, words } from '../../../plugin/words.ts';
import type { AuditDetails } from '../people/access-store.ts';
import type { Services } from '../services.ts';

/** `Replay badge "demo-course", events from 2026-03-01T00:00:00Z` */
export function replayTitle({ badges, membership, from, to, types, dryRun }: ReplayRequest): FilledWords {
  const which =
    badges === null
      ? words('all badges')
      : badges.length === 1
        ? words('badge "{badge}"', { badge: badges[0] ?? '' })
        : counts(badges.length, '{count} badge', '{count} badges');
  const range = [
    ...(types === null ? [] : [counts(types.length, '{count} event type', '{count} event types')]),
    ...(from === null ? [] : [words('from {time}', { time: formatInstant(from) })]),
    ...(to === null ? [] : [words('before {time}', { time: formatInstant(to) })]),
  ];
  const what =
    range.length === 0
      ? which
      : words('{badges}, events {range}', {
          badges: which,
          range: range.reduce((before, next) => words('{before} {next}', { before, next })),
        });
  if (membership === 'backfill')
    return dryRun ? words('Preview: backfill {what}', { what }) : words('Backfill {what}', { what });
  return dryRun ? words('Preview: replay {what}', { what }) : words('Replay {what}', { what });
}

export function replayDetails({ badges, membership, from, to, types, dryRun }: ReplayRequest): AuditDetails {
  return {
    badges: badges === null ? 'all' : badges.slice(0, 20).join(' '),
    ...{ membership, dryRun },
    ...{ from: from && formatInstant(from), to: to && formatInstant(to), types: types?.join(' ') ?? null },
  };
}

/** @throws NotFoundError `not-found.badge`; InputError `input.badge-inactive` */
export async function activeBadges(
  ids: readonly string[],
  { badges }: Pick<Services, 'badges'>,
): Promise<readonly string[]> {
  const wanted = [...new Set(ids)];
  for (const id of wanted) {
    const badge = await badges.get(id);
    if (badge === null)
      throw new NotFoundError('badge', words('there is no badge "{badge}" in force; look up its id', { badge: id }));
    if (!badge.active)
      throw new InputError(
        'badge-inactive',
        words('badge "{badge}" is not active, so nothing counts for it; activate it first', { badge: id }),
      );
  }
  return wanted;
}
