/** A badge template made here: what only Open Badges know of it stands in `BadgeTemplate.details`. */

import type { BadgeTemplate } from '../../plugin/ports/provider-store.ts';

export const OPEN_BADGES = 'openbadges';
/** Laurel's own badges belong to no account; their templates say so with this id. */
export const OWN_ACCOUNT = 'openbadges';

export interface Alignment {
  readonly name: string;
  readonly url: string;
}

export interface OpenBadgeDetails {
  /** What a learner must do, in words; one of these two is there. */
  readonly criteria: string;
  readonly criteriaUrl: string;
  /** A word of the standard, e.g. `Course`; '': none. */
  readonly achievementType: string;
  readonly tags: readonly string[];
  readonly alignments: readonly Alignment[];
  /** Name of the image in the file store; null: none. */
  readonly image: string | null;
}

/** The kinds of achievement that the standard has a word for, the usual ones. */
export const ACHIEVEMENT_TYPES: readonly string[] = [
  'Achievement',
  'Assessment',
  'Award',
  'Badge',
  'Certificate',
  'CertificateOfCompletion',
  'Certification',
  'CommunityService',
  'Competency',
  'Course',
  'LearningProgram',
  'License',
  'Membership',
  'MicroCredential',
];

export function openBadgeDetails({ details }: Pick<BadgeTemplate, 'details'>): OpenBadgeDetails {
  return {
    criteria: text(details.criteria),
    criteriaUrl: text(details.criteriaUrl),
    achievementType: text(details.achievementType),
    tags: list(details.tags).map(text).filter(Boolean),
    alignments: list(details.alignments).flatMap((one) => {
      const { name, url } = (one ?? {}) as Partial<Record<keyof Alignment, unknown>>;
      return text(name) && text(url) ? [{ name: text(name), url: text(url) }] : [];
    }),
    image: text(details.image) || null,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
