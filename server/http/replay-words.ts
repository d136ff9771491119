/** A replay in words, for the list of jobs and the audit, whoever asks for it. */

import { formatInstant } from '../../dsl/index.ts';
import type { ReplayRequest } from '../../plugin/badges/replay/replay-request.ts';
import { InputError, NotFoundError } from '../../plugin/errors.ts';
import type { AuditDetails } from './access-store.ts';
import type { Services } from './services.ts';

/** `Replay badge "demo-course", events from 2026-03-01T00:00:00Z` */
export function replayTitle({ badges, membership, from, to, types, dryRun }: ReplayRequest): string {
  const which =
    badges === null ? 'all badges' : badges.length === 1 ? `badge "${badges[0]}"` : `${badges.length} badges`;
  const range = [
    ...(types === null ? [] : [`${types.length} event type${types.length === 1 ? '' : 's'}`]),
    ...(from === null ? [] : [`from ${formatInstant(from)}`]),
    ...(to === null ? [] : [`before ${formatInstant(to)}`]),
  ].join(' ');
  const verb = membership === 'backfill' ? 'Backfill' : 'Replay';
  return `${dryRun ? `Preview: ${verb.toLowerCase()}` : verb} ${which}${range === '' ? '' : `, events ${range}`}`;
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
    if (badge === null) throw new NotFoundError('badge', `there is no badge "${id}" in force; look up its id`);
    if (!badge.active)
      throw new InputError(
        'badge-inactive',
        `badge "${id}" is not active, so nothing counts for it; activate it first`,
      );
  }
  return wanted;
}
