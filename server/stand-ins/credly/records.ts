/** What Credly keeps, as far as the stand-in plays it, and how its API writes it. */

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  webhookUrl: string | null;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Token {
  readonly id: string;
  token: string;
  readonly organizationId: string;
  readonly description: string;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly deletes: boolean;
  readonly createdAt: Date;
  expiresAt: Date;
}

export type TemplateState = 'active' | 'archived' | 'draft';

export interface Template {
  readonly id: string;
  readonly organizationId: string;
  /** Organizations that may issue it beside its owner. */
  readonly grantedTo: readonly string[];
  name: string;
  description: string;
  state: TemplateState;
  allowsDuplicates: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Badge {
  readonly id: string;
  readonly organizationId: string;
  readonly templateId: string;
  state: 'pending' | 'accepted' | 'rejected' | 'revoked';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly recipientEmail: string;
  readonly issuerEarnerId: string | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  stateUpdatedAt: Date | null;
  readonly replaces: string | null;
  replacedBy: string | null;
  revocationReason: string | null;
}

export interface Event {
  readonly id: string;
  readonly type: string;
  readonly organizationId: string;
  readonly occurredAt: Date;
  /** What it was about, as it was then. */
  readonly subject: Readonly<Record<string, unknown>>;
}

export function organizationJson({ id, name, slug, webhookUrl }: Organization, origin: string) {
  return {
    ...organizationReference({ id, name, slug }, origin),
    website_url: 'https://www.example.edu',
    webhook_url: webhookUrl,
    allowed_webhooks: [],
    contact_email: 'badges@example.edu',
    technical_contact_email: null,
    organization_type: 'Education',
    bio: `${name} as a stand-in plays it.`,
    country: 'United States',
    photo: null,
    created_at: '2014-04-01T14:41:00.000Z',
  };
}

export function templateJson(template: Template, owner: Organization, origin: string) {
  const { id, name, description, state } = template;
  // Drafts have no image.
  const image = state === 'draft' ? null : `${origin}/stand-in/images/${id}.svg`;
  return {
    id,
    name,
    description,
    state,
    public: true,
    visibility: 'public',
    allow_duplicate_badges: template.allowsDuplicates,
    recipient_type: 'User',
    default_expires_at: null,
    level: 'Intermediate',
    global_activity_url: 'https://www.example.edu/learn',
    earn_this_badge_url: null,
    vanity_slug: slugOf(name),
    created_at: template.createdAt.toISOString(),
    updated_at: template.updatedAt.toISOString(),
    image: image === null ? null : { id, url: image },
    image_url: image,
    url: `https://www.credly.com/org/${owner.slug}/badge/${slugOf(name)}`,
    owner: organizationReference(owner, origin),
    alignments: [],
    badge_template_activities: [
      { id: `${id}-1`, title: 'Finish the course', activity_type: 'Experience', activity_url: null },
    ],
    skills: ['Statistics'],
    reporting_tags: ['edx'],
  };
}

export function badgeJson(badge: Badge, template: Template, owner: Organization, origin: string) {
  const { id, state, fields } = badge;
  const text = (name: string): string => String(fields[name] ?? '');
  const stands = state === 'pending' || state === 'accepted';
  return {
    id,
    state,
    issued_to: `${text('issued_to_first_name')} ${text('issued_to_last_name')}`.trim(),
    issued_to_first_name: fields.issued_to_first_name ?? null,
    issued_to_middle_name: fields.issued_to_middle_name ?? null,
    issued_to_last_name: fields.issued_to_last_name ?? null,
    recipient_email: badge.recipientEmail,
    issuer_earner_id: badge.issuerEarnerId,
    locale: fields.locale ?? 'en',
    public: state === 'accepted',
    suppress_badge_notification_email: fields.suppress_badge_notification_email ?? false,
    issued_at: badge.issuedAt.toISOString(),
    issued_at_date: badge.issuedAt.toISOString().slice(0, 10),
    expires_at: badge.expiresAt?.toISOString() ?? null,
    created_at: badge.createdAt.toISOString(),
    updated_at: (badge.stateUpdatedAt ?? badge.createdAt).toISOString(),
    state_updated_at: badge.stateUpdatedAt?.toISOString() ?? null,
    replacement_badge_id: badge.replacedBy,
    replaces_badge_id: badge.replaces,
    revocation_reason: badge.revocationReason,
    country: null,
    image_url: `${origin}/stand-in/images/${badge.templateId}.svg`,
    ...(state === 'pending' && { accept_badge_url: `https://www.credly.com/badges/${id}/accept` }),
    ...(state === 'accepted' && { badge_url: `https://www.credly.com/badges/${id}` }),
    // The address there is masked: nobody can be recognised by it.
    user: state === 'accepted' ? { id, email: `${id}@example.com`, first_name: fields.issued_to_first_name } : {},
    issuer: {
      summary: `issued by ${owner.name}`,
      entities: [{ label: 'Issued by', primary: true, entity: organizationReference(owner, origin) }],
    },
    badge_template: templateJson(template, owner, origin),
    alignments: [],
    evidence: stands ? (fields.evidence ?? []) : [],
  };
}

export function tokenJson(token: Token, owner: Organization, origin: string) {
  return {
    id: token.id,
    token: token.token,
    owner_id: token.organizationId,
    description: token.description,
    read_enabled: token.reads,
    write_enabled: token.writes,
    delete_enabled: token.deletes,
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt.toISOString(),
    owner: organizationReference(owner, origin),
  };
}

export function eventJson({ id, type, organizationId, occurredAt, subject }: Event) {
  return {
    id,
    event_type: type,
    organization_id: organizationId,
    occurred_at: occurredAt.toISOString(),
    ...subject,
  };
}

function organizationReference({ id, name, slug }: Pick<Organization, 'id' | 'name' | 'slug'>, origin: string) {
  return {
    type: 'Organization',
    id,
    name,
    url: `${origin}/v1/organizations/${id}`,
    vanity_url: `https://www.credly.com/org/${slug}`,
    vanity_slug: slug,
    verified: true,
  };
}

function slugOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
