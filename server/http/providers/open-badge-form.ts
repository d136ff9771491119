/** The form of a badge template that is made here: what was entered, what is wrong with it, and the template it gives. */

import type { Request } from 'express';
import type { BadgeTemplate, ProviderAccount } from '../../../plugin/ports/provider-store.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import {
  ACHIEVEMENT_TYPES,
  type Alignment,
  OPEN_BADGES,
  type OpenBadgeDetails,
  OWN_ACCOUNT,
  openBadgeDetails,
} from '../../../providers/index.ts';
import type { FormField } from '../forms/edit-conflict.ts';
import { type FieldError, textField, withPlainLineEnds } from '../forms/forms.ts';
import { achievementTitle } from '../words/achievement-titles.ts';
import { safeUrl, shownStatus } from '../words/format.ts';
import { imageField } from './open-badge-images.ts';

const STATES = ['active', 'draft', 'archived'] as const;

export interface OpenBadgeEntry {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly criteria: string;
  readonly criteriaUrl: string;
  readonly achievementType: string;
  /** With commas between. */
  readonly tags: string;
  /** `Name | address`, one in a line. */
  readonly alignments: string;
  readonly state: string;
}

/** What two people may have changed at once; the picture goes by its name. */
export const entryFields: readonly FormField[] = [
  { name: 'name', label: msg('Name') },
  { name: 'description', label: msg('Description') },
  { name: 'criteria', label: msg('Criteria') },
  { name: 'criteriaUrl', label: msg('Address of the criteria') },
  imageField,
  { name: 'achievementType', label: msg('Kind'), word: achievementTitle },
  { name: 'tags', label: msg('Tags') },
  { name: 'alignments', label: msg('Alignment') },
  { name: 'state', label: msg('State'), word: (state, t) => t(shownStatus(state).word) },
];

export const emptyEntry: OpenBadgeEntry = {
  ...{ id: '', name: '', description: '', criteria: '', criteriaUrl: '', achievementType: 'Badge' },
  ...{ tags: '', alignments: '', state: 'active' },
};

export function entryOf(template: BadgeTemplate): OpenBadgeEntry {
  const { criteria, criteriaUrl, achievementType, tags, alignments } = openBadgeDetails(template);
  const { templateId: id, name, description, state } = template;
  return {
    ...{ id, name, description, criteria, criteriaUrl, achievementType, state },
    tags: tags.join(', '),
    alignments: alignments.map((one) => `${one.name} | ${one.url}`).join('\n'),
  };
}

export function readEntry(req: Request): OpenBadgeEntry {
  const line = (name: string): string => textField(req, name).replace(/\s+/g, ' ').trim();
  const prose = (name: string): string => withPlainLineEnds(textField(req, name)).trim();
  return {
    ...{ id: line('id'), name: line('name'), criteriaUrl: line('criteriaUrl'), tags: line('tags') },
    ...{ achievementType: line('achievementType'), state: line('state') },
    ...{ description: prose('description'), criteria: prose('criteria'), alignments: prose('alignments') },
  };
}

/** Every one, in the order of the form. */
export function entryErrors(entry: OpenBadgeEntry): readonly FieldError[] {
  const errors: FieldError[] = [];
  const check = (field: keyof OpenBadgeEntry, isFine: boolean, message: Words): void => {
    if (!isFine) errors.push({ field, message });
  };
  check(
    'id',
    /^[a-z0-9]+(-[a-z0-9]+)*$/.test(entry.id) && entry.id.length <= 80,
    msg('The id must be lower-case letters and digits with single hyphens between, at most 80.'),
  );
  check('name', entry.name !== '' && entry.name.length <= 120, msg('Enter a name of at most 120 characters.'));
  check(
    'description',
    entry.description !== '' && entry.description.length <= 2_000,
    words('Enter a description of at most {most} characters.', { most: 2_000 }),
  );
  check(
    'criteria',
    entry.criteria !== '' || entry.criteriaUrl !== '',
    msg('Say what has to be done for the badge, here or at an address.'),
  );
  check(
    'criteria',
    entry.criteria.length <= 4_000,
    words('The criteria may have at most {most} characters.', { most: 4_000 }),
  );
  check(
    'criteriaUrl',
    entry.criteriaUrl === '' || isAddress(entry.criteriaUrl),
    msg('Enter an address that begins with https://, or leave it empty.'),
  );
  check(
    'achievementType',
    entry.achievementType === '' || ACHIEVEMENT_TYPES.includes(entry.achievementType),
    msg('Choose one of the kinds.'),
  );
  const tags = tagsOf(entry);
  check(
    'tags',
    tags.length <= 20 && tags.every((tag) => tag.length <= 60),
    msg('There may be 20 tags of 60 characters each.'),
  );
  const alignments = alignmentsOf(entry);
  check(
    'alignments',
    alignments !== null && alignments.length <= 20,
    msg(
      'Write each alignment as a name, a bar and an address, such as: Life sciences | https://example.org/life; at most 20, each once.',
    ),
  );
  check(
    'state',
    STATES.some((state) => state === entry.state),
    msg('Choose one of the states.'),
  );
  return errors;
}

/** @param former what was stored; null: it is new */
export function templateOf(
  entry: OpenBadgeEntry,
  {
    former,
    image,
    version,
    now,
    addressOf,
  }: {
    readonly former: BadgeTemplate | null;
    /** null: none */
    readonly image: string | null;
    readonly version: number;
    readonly now: Date;
    readonly addressOf: { image(name: string): string; page(templateId: string): string };
  },
): BadgeTemplate {
  const details: OpenBadgeDetails = {
    ...{ criteria: entry.criteria, criteriaUrl: entry.criteriaUrl, achievementType: entry.achievementType },
    ...{ tags: tagsOf(entry), alignments: alignmentsOf(entry) ?? [], image },
  };
  return {
    ...{ provider: OPEN_BADGES, accountId: OWN_ACCOUNT, templateId: former?.templateId ?? entry.id },
    ...{ name: entry.name, description: entry.description },
    imageUrl: image === null ? null : addressOf.image(image),
    state: entry.state as BadgeTemplate['state'],
    dashboardUrl: addressOf.page(former?.templateId ?? entry.id),
    details: { ...details },
    version,
    updatedAt: now,
    syncedAt: null,
  };
}

/** The account that stands for Laurel itself, so that its templates are found and listed as all others. */
export function ownAccount(now: Date): ProviderAccount {
  return {
    ...{
      id: OWN_ACCOUNT,
      provider: OPEN_BADGES,
      slug: 'own',
      name: msg('Issued here'),
      providerName: null,
      host: '',
      externalId: null,
    },
    ...{ sealedSecret: null, secretExpiresAt: null, origin: 'page', enabled: true, lastCheck: null, lastSync: null },
    ...{ version: 0, createdAt: now, updatedAt: now },
  };
}

function tagsOf({ tags }: OpenBadgeEntry): readonly string[] {
  return [
    ...new Set(
      tags
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean),
    ),
  ];
}

/** @returns null where a line is none, or there twice */
function alignmentsOf({ alignments }: OpenBadgeEntry): readonly Alignment[] | null {
  const lines = alignments
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  if (new Set(lines).size < lines.length) return null;
  const read = lines.map((line) => {
    const bar = line.lastIndexOf('|');
    return { name: line.slice(0, Math.max(bar, 0)).trim(), url: line.slice(bar + 1).trim() };
  });
  return read.every(({ name, url }) => name !== '' && name.length <= 200 && isAddress(url)) ? read : null;
}

export function isAddress(text: string): boolean {
  return text.length <= 1_000 && safeUrl(text) !== null && !/[\s"<>\\^`{|}]/.test(text);
}
