/** Credly's answers: what Laurel needs of each, checked. Unknown fields are left out, wrong ones refused. */

import { z } from 'zod';
import { ProviderError } from '../../plugin/errors.ts';
import type { IssuedAtProvider, ListedBadge, ProviderTemplate } from '../../plugin/ports/badge-provider.ts';
import { date, line, paragraphs, uuid, webAddress } from './untrusted.ts';

const NAME = 200;
const WORD = 40;
const MOST_TAGS = 50;

export const organizationSchema = z.object({ id: uuid, name: line(NAME) });

export const tokenSchema = z.object({
  token: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[\x21-\x7e]+$/),
  expires_at: date.nullish(),
  write_enabled: z.boolean().nullish(),
});

export const templateSchema = z.object({
  id: uuid,
  name: line(NAME).refine((name) => name !== ''),
  description: paragraphs(4_000).nullish(),
  state: z.enum(['active', 'archived', 'draft']),
  image_url: z.unknown().optional(),
  url: z.unknown().optional(),
  allow_duplicate_badges: z.boolean().nullish(),
  owner: z.object({ id: uuid, name: line(NAME).nullish() }).nullish(),
  // Texts in older answers, objects with a name in newer ones.
  skills: z.array(z.union([line(NAME), z.object({ name: line(NAME) }).transform(({ name }) => name)])).nullish(),
});

export const badgeSchema = z.object({
  id: uuid,
  state: line(WORD).refine((state) => state !== ''),
  issued_at: date.nullish(),
  expires_at: date.nullish(),
  issuer_earner_id: line(NAME).nullish(),
  recipient_email: line(NAME).nullish(),
  replacement_badge_id: uuid.nullish(),
  badge_url: z.unknown().optional(),
  accept_badge_url: z.unknown().optional(),
  badge_template: z.object({ id: uuid }),
});

/** Its subject is asked for again, so that the order of notices does not matter. */
export const eventSchema = z.object({
  id: uuid,
  organization_id: uuid,
  event_type: line(100),
  badge_template: z.object({ id: uuid }).nullish(),
  badge: z.object({ id: uuid, badge_template: z.object({ id: uuid }).nullish() }).nullish(),
});

export type CredlyTemplate = z.output<typeof templateSchema>;
export type CredlyBadge = z.output<typeof badgeSchema>;
export type NoticedBadge = NonNullable<z.output<typeof eventSchema>['badge']>;

/** @param what as a message names it: "the badge template"
 *  @throws ProviderError `provider.unexpected-reply` */
export function read<Output>(schema: z.ZodType<Output>, value: unknown, what: string): Output {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.map(String).join('.') || 'the whole';
  throw new ProviderError(
    'unexpected-reply',
    `Credly described ${what} in a way that Laurel does not understand (${place}); ` +
      'look there whether it is all right, and report this if it is',
  );
}

/** @param api the address of the API that told it */
export function toTemplate(template: CredlyTemplate, api: string): ProviderTemplate {
  return {
    id: template.id,
    name: template.name,
    description: template.description ?? '',
    imageUrl: webAddress(template.image_url, api),
    state: template.state,
    dashboardUrl: webAddress(template.url, api),
    details: {
      owner: template.owner?.name ?? null,
      skills: (template.skills ?? []).slice(0, MOST_TAGS),
      allowsDuplicates: template.allow_duplicate_badges ?? false,
    },
  };
}

export function toIssued(
  badge: CredlyBadge,
  { api, now }: { readonly api: string; readonly now: Date },
): IssuedAtProvider {
  return {
    externalId: badge.id,
    state: stateOf(badge, now),
    url: webAddress(badge.badge_url, api) ?? webAddress(badge.accept_badge_url, api),
  };
}

export function toListed(badge: CredlyBadge, context: { readonly api: string; readonly now: Date }): ListedBadge {
  const issued = toIssued(badge, context);
  return {
    ...issued,
    templateId: badge.badge_template.id,
    uuid: null,
    learnerId: badge.issuer_earner_id ?? null,
    recipientEmail: badge.recipient_email ?? null,
    issuedAt: badge.issued_at ?? null,
    // A learner may decline it, and the issuer has not taken it back.
    stands: !['revoked', 'replaced', 'expired'].includes(issued.state),
  };
}

/** Expired and replaced are no states there: they show in other fields. */
function stateOf({ state, expires_at, replacement_badge_id }: CredlyBadge, now: Date): string {
  if (state === 'revoked') return state;
  if (replacement_badge_id) return 'replaced';
  return expires_at && expires_at <= now ? 'expired' : state;
}
