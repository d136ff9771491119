/** An issuer of Open Badges on in-memory twins, and badges from it. */

import type { AwardRequest } from '../../plugin/ports/badge-provider.ts';
import { MemoryIssuerStore } from '../../plugin/ports/memory-issuer-store.ts';
import type { BadgeTemplate } from '../../plugin/ports/provider-store.ts';
import type { Clock } from '../../plugin/ports/runtime.ts';
import type { SecretBox } from '../../plugin/ports/secret-box.ts';
import { createOpenBadgeIssuer, type OpenBadgeIssuer } from '../../providers/openbadges/issuer.ts';
import { createKeyRing, type KeyRing } from '../../providers/openbadges/key-ring.ts';
import { type OpenBadgesParts, OpenBadgesProvider } from '../../providers/openbadges/provider.ts';
import { OPEN_BADGES, OWN_ACCOUNT } from '../../providers/openbadges/template.ts';
import { createVerificationDesk, type VerificationDesk } from '../../providers/openbadges/verification-desk.ts';
import { day } from './rule-values.ts';

export const SITE = 'https://badges.example.edu';
export const UUID = '7d9f1c0a-2f43-4a57-9d3e-0a1f0c1f5a11';

/** Keeps no secret; enough to see that what is bound to a record is opened for that record. */
export const openSecretBox: SecretBox = {
  seal: (secret, boundTo) => JSON.stringify({ secret, boundTo }),
  open(sealed, boundTo) {
    const box = JSON.parse(sealed) as { readonly secret: string; readonly boundTo: string };
    if (box.boundTo !== boundTo) throw new Error(`sealed for ${box.boundTo}`);
    return box.secret;
  },
  isOutdated: () => false,
};

export function aTemplate(changes: Partial<BadgeTemplate> = {}): BadgeTemplate {
  return {
    provider: OPEN_BADGES,
    accountId: OWN_ACCOUNT,
    templateId: 'course-completer',
    name: 'Course completer',
    description: 'Finished the course.',
    imageUrl: null,
    state: 'active',
    dashboardUrl: null,
    details: {
      criteria: 'Pass the course.',
      criteriaUrl: 'https://example.edu/criteria',
      achievementType: 'Course',
      tags: ['biology', 'first year'],
      alignments: [{ name: 'Life sciences', url: 'https://example.edu/framework/life' }],
      image: 'abc.png',
    },
    version: 1,
    updatedAt: new Date('2026-01-01T00:00:00Z'),
    syncedAt: null,
    ...changes,
  };
}

export function aRequest(changes: Partial<AwardRequest> = {}): AwardRequest {
  return {
    uuid: UUID,
    templateId: 'course-completer',
    badgeName: 'Completer',
    awardedAt: day(1),
    recipient: { learnerId: 'l1', username: 'ada', name: 'Ada Lovelace', email: 'Ada@example.com ' },
    provenance: {
      ruleVersion: 3,
      recordedAt: new Date('2026-03-01T10:00:00Z'),
      requirements: [
        {
          requirement: 'course',
          group: 'course',
          on: 'org.openedx.learning.course.passing.status.updated.v1',
          where: 'user.pii.email = "ada@example.com"',
          events: [{ eventId: 'e-1', at: day(1) }],
          more: 2,
        },
      ],
    },
    ...changes,
  };
}

export interface IssuerWorld {
  readonly store: MemoryIssuerStore;
  readonly keyRing: KeyRing;
  readonly issuer: OpenBadgeIssuer;
  readonly provider: OpenBadgesProvider;
  readonly desk: VerificationDesk;
  readonly templates: Map<string, BadgeTemplate>;
  now: Date;
  /** The signed badge, parsed. */
  signed(uuid?: string): Promise<Record<string, unknown>>;
}

export function issuerWorld({
  store = new MemoryIssuerStore(),
  site = SITE,
  fetchJson = async () => null,
  ...parts
}: Partial<Pick<OpenBadgesParts, 'randomIndex'>> & {
  readonly store?: MemoryIssuerStore;
  readonly site?: string;
  readonly fetchJson?: (url: URL) => Promise<unknown>;
} = {}): IssuerWorld {
  const world = { now: new Date('2026-03-02T12:00:00Z') };
  const clock: Clock = { now: () => world.now };
  const keyRing = createKeyRing({ store, secretBox: openSecretBox, clock });
  const issuer = createOpenBadgeIssuer({ store, keyRing, clock, site: () => site });
  const templates = new Map([[aTemplate().templateId, aTemplate()]]);
  const template = async (id: string) => templates.get(id) ?? null;
  const provider = new OpenBadgesProvider({ store, issuer, keyRing, clock, template, ...parts });
  const desk = createVerificationDesk({ store, issuer, clock, fetchJson });
  const signed = async (uuid: string = UUID) =>
    JSON.parse((await issuer.signedBadge(uuid)).document) as Record<string, unknown>;
  return Object.assign(world, { store, keyRing, issuer, provider, desk, templates, signed });
}
