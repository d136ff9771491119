/** The documents of an issuer: a badge, the achievement in it, who issued it, and the keys. */

import { createHash } from 'node:crypto';
import type { Instant } from '../../dsl/index.ts';
import type { IssuerKey, IssuerProfile } from '../../plugin/ports/issuer-store.ts';
import type { Provenance } from '../../plugin/ports/progress-store.ts';
import type { BadgeTemplate } from '../../plugin/ports/provider-store.ts';
import type { Addresses } from './addresses.ts';
import { CREDENTIALS_CONTEXT, OPEN_BADGES_CONTEXT } from './contexts.ts';
import { keyId, MULTIKEY_CONTEXT } from './signing.ts';
import { encodeList } from './status-list.ts';
import { openBadgeDetails } from './template.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** How long whoever fetched a status list may rely on it. */
export const STATUS_TTL_MS = 5 * 60_000;

export interface BadgeFacts {
  readonly uuid: string;
  readonly template: BadgeTemplate;
  readonly profile: IssuerProfile;
  readonly email: string;
  /** Random; without it a list of known addresses would tell whose badge it is. */
  readonly salt: string;
  readonly awardedAt: Instant;
  readonly issuedAt: Date;
  readonly provenance: Provenance | null;
  readonly list: number;
  readonly index: number;
}

/** @returns the badge, not yet signed */
export function badgeCredential(facts: BadgeFacts, addresses: Addresses): JsonObject {
  const { uuid, template, list, index } = facts;
  const statusList = addresses.statusList(list);
  const image = imageOf(template, addresses);
  const evidence = evidenceOf(facts.provenance);
  return {
    '@context': [CREDENTIALS_CONTEXT, OPEN_BADGES_CONTEXT],
    id: addresses.credential(uuid),
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: template.name,
    ...(image && { image }),
    issuer: issuerOf(facts.profile, addresses),
    validFrom: dateTime(facts.issuedAt),
    awardedDate: dateTime(new Date(facts.awardedAt)),
    credentialSubject: {
      type: ['AchievementSubject'],
      identifier: [
        {
          type: 'IdentityObject',
          hashed: true,
          identityHash: identityHash(facts.email, facts.salt),
          identityType: 'emailAddress',
          salt: facts.salt,
        },
      ],
      achievement: achievementOf(template, addresses),
    },
    ...(evidence.length > 0 && { evidence }),
    credentialStatus: {
      id: `${statusList}#${index}`,
      type: 'BitstringStatusListEntry',
      statusPurpose: 'revocation',
      statusListIndex: String(index),
      statusListCredential: statusList,
    },
  };
}

/** @returns the achievement as it stands in badges */
export function achievementOf(template: BadgeTemplate, addresses: Addresses): JsonObject {
  const { criteria, criteriaUrl, achievementType, tags, alignments } = openBadgeDetails(template);
  const image = imageOf(template, addresses);
  return {
    id: addresses.achievement(template.templateId),
    type: ['Achievement'],
    name: template.name,
    description: template.description,
    criteria: { ...(criteriaUrl && { id: criteriaUrl }), ...(criteria && { narrative: criteria }) },
    ...(achievementType && { achievementType }),
    ...(image && { image }),
    ...(tags.length > 0 && { tag: tags }),
    ...(alignments.length > 0 && {
      alignment: alignments.map(({ name, url }) => ({ type: ['Alignment'], targetName: name, targetUrl: url })),
    }),
  };
}

/** @returns who issued a badge, as it stands in badges */
export function issuerOf({ name, url, email, image }: IssuerProfile, addresses: Addresses): JsonObject {
  return {
    id: addresses.issuerId,
    type: ['Profile'],
    name,
    url,
    ...(email && { email }),
    ...(image && { image: { id: addresses.image(image), type: 'Image' } }),
  };
}

/** An achievement or a profile by itself, as its address answers. */
export function standalone(document: JsonObject): JsonObject {
  return { '@context': [CREDENTIALS_CONTEXT, OPEN_BADGES_CONTEXT], ...document };
}

/** The list of every badge's bit, not yet signed. @param revoked indexes of the badges that are revoked */
export function statusListCredential(
  { list, revoked, now }: { readonly list: number; readonly revoked: Iterable<number>; readonly now: Date },
  addresses: Addresses,
): JsonObject {
  const id = addresses.statusList(list);
  return {
    '@context': [CREDENTIALS_CONTEXT],
    id,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: addresses.issuerId,
    validFrom: dateTime(now),
    credentialSubject: {
      id: `${id}#list`,
      type: 'BitstringStatusList',
      statusPurpose: 'revocation',
      encodedList: encodeList(revoked),
      ttl: STATUS_TTL_MS,
    },
  };
}

/** What `did:web` resolves to. A key that is no longer trusted stands in neither list: nothing that it signed is taken for ours. */
export function didDocument(keys: readonly IssuerKey[], issuerId: string): JsonObject {
  const trusted = keys.filter(({ distrustedAt }) => distrustedAt === null);
  return {
    '@context': ['https://www.w3.org/ns/did/v1', MULTIKEY_CONTEXT],
    id: issuerId,
    verificationMethod: trusted.map(({ publicKey }) => ({
      id: keyId(issuerId, publicKey),
      type: 'Multikey',
      controller: issuerId,
      publicKeyMultibase: publicKey,
    })),
    assertionMethod: trusted.map(({ publicKey }) => keyId(issuerId, publicKey)),
  };
}

/** @param email as a person writes it */
export function identityHash(email: string, salt: string): string {
  return `sha256$${createHash('sha256').update(`${email.trim().toLowerCase()}${salt}`).digest('hex')}`;
}

function imageOf(template: BadgeTemplate, addresses: Addresses): JsonObject | null {
  const { image } = openBadgeDetails(template);
  return image === null ? null : { id: addresses.image(image), type: 'Image' };
}

/** What the award rested on. Conditions of rules stay out: a rule may name a learner. */
function evidenceOf(provenance: Provenance | null): readonly JsonObject[] {
  return (provenance?.requirements ?? []).map(({ requirement, on, events, more }) => ({
    type: ['Evidence'],
    name: requirement,
    narrative: [
      `Version ${provenance?.ruleVersion} of the rules found this requirement fulfilled by ${on}:`,
      ...events.map(({ eventId, at }) => `- ${dateTime(new Date(at))}, event ${eventId}`),
      ...(more > 0 ? [`- and ${more} more`] : []),
    ].join('\n'),
  }));
}

/** Whole seconds: what every reader of such dates accepts. */
function dateTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
