/** The versions of a badge as pages show them. */

import { NotFoundError } from '../../../plugin/errors.ts';
import type { BadgeDefinition, BadgeVersion } from '../../../plugin/ports/badge-store.ts';
import { msg } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';

/** Newest first. */
export type History = readonly [BadgeVersion, ...BadgeVersion[]];

/** Also of a badge that was removed. @throws NotFoundError `not-found.badge` */
export async function findHistory({ badges }: Services, id: string): Promise<History> {
  const [latest, ...older] = await badges.history(id);
  if (latest === undefined)
    throw new NotFoundError('badge', msg('there is no badge with this id; look it up in the list of badges'));
  return [latest, ...older];
}

/** @throws NotFoundError `not-found.badge-version` */
export function findVersion(history: History, number: string): BadgeVersion {
  const found = history.find(({ version }) => String(version) === number);
  if (!found)
    throw new NotFoundError('badge-version', msg('the badge has no such version; its page lists those it has'));
  return found;
}

/** Whether there is something to restore, as far as the history tells. */
export function isRestorable(version: BadgeVersion, [latest]: History): boolean {
  return !version.removed && (latest.removed || latest.source !== version.source);
}

export function summaryOf(badge: BadgeDefinition, evaluate = false) {
  return {
    id: badge.id,
    name: badge.name ?? badge.id,
    template: badge.template,
    active: badge.active,
    status: shownStatus(!badge.active ? 'inactive' : evaluate ? 'evaluating' : 'active'),
    version: badge.version,
    updatedAt: shownTime(badge.updatedAt),
    updatedBy: badge.updatedBy,
  };
}

export function versionOf(version: BadgeVersion) {
  const { removed, reason } = version;
  return { ...summaryOf(version), removed, reason };
}

/** For the partial `versions`. @param href of the badge's page */
export function versionRows(history: History, href: string) {
  const [latest, before = latest] = history;
  return history.map((version) => {
    const ownHref = `${href}/versions/${version.version}`;
    return {
      ...versionOf(version),
      href: ownHref,
      restoreHref: isRestorable(version, history) ? `${ownHref}/restore` : null,
      current: version === latest && !version.removed,
      /** Chosen for a comparison unless somebody chooses others. */
      from: version === before,
      to: version === latest,
    };
  });
}

/** For the partial `meaning`. @param lines of `describeChange`: those that are indented belong to the one above */
export function meaningParts(lines: readonly string[]) {
  const parts: { readonly text: string; readonly details: string[] }[] = [];
  for (const line of lines) {
    const owner = parts.at(-1);
    if (owner !== undefined && line.startsWith(' ')) owner.details.push(line.replace(/^ {2}/, ''));
    else parts.push({ text: line.trim(), details: [] });
  }
  return parts;
}
