/** Issuing, replacing and revoking as Credly does it: what it insists on, and what it says otherwise. */

import { randomUUID } from 'node:crypto';
import type { FakeReply } from '../fake-server.ts';
import type { Badge, Template } from './records.ts';
import { invalid, refused } from './replies.ts';

export interface Ledger {
  readonly badges: Map<string, Badge>;
  readonly templates: ReadonlyMap<string, Template>;
  /** Whether a badge that was revoked or declined still stands in the way of another one. */
  readonly revokedStandInTheWay: boolean;
  now(): Date;
}

const LOCALES = ['en', 'fr', 'de', 'ko', 'ja', 'zh-CN', 'pt', 'es-ES', 'es-US', 'fr-CA', 'pt-BR'];
const DATES = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?(?: ?([+-]\d{2}):?(\d{2})|Z)?)?$/;

export type Outcome = { readonly badge: Badge; readonly isNew: boolean } | { readonly refusal: FakeReply };

type Fields = Readonly<Record<string, unknown>>;

export function issue(ledger: Ledger, organizationId: string, body: unknown): Outcome {
  const fields = asFields(body);
  const problem = problemOf(ledger, organizationId, fields);
  if (problem) return { refusal: problem };
  const template = ledger.templates.get(String(fields.badge_template_id)) as Template;
  const former = template.allowsDuplicates ? undefined : duplicateOf(ledger, template, fields);
  const behavior = fields.duplicate_behavior;
  if (former && behavior === 'replace') return { badge: replaceBy(ledger, former, fields), isNew: true };
  if (former && behavior !== 'allow') {
    return { refusal: refused('Validation failed: User already has this badge') };
  }
  return { badge: add(ledger, organizationId, fields, null), isNew: true };
}

export function replace(ledger: Ledger, badge: Badge, body: unknown): Outcome {
  if (badge.replacedBy !== null) return { refusal: alreadyReplaced(ledger, badge, 'replaced') };
  const fields = { ...badge.fields, recipient_email: badge.recipientEmail, ...asFields(body) };
  const problem = problemOf(ledger, badge.organizationId, fields);
  if (problem) return { refusal: problem };
  if (fields.recipient_email !== badge.recipientEmail && badge.state !== 'pending')
    return { refusal: invalid('recipient_email', 'can only be changed while the badge is pending') };
  return { badge: replaceBy(ledger, badge, fields), isNew: true };
}

/** `isNew: false`: it was revoked before, which is refused too. */
export function revoke(ledger: Ledger, badge: Badge, body: unknown): Outcome {
  const { reason } = asFields(body);
  if (badge.replacedBy !== null) return { refusal: alreadyReplaced(ledger, badge, 'revoked') };
  if (typeof reason !== 'string' || reason.trim() === '') return { refusal: invalid('reason', "can't be blank") };
  if (badge.state === 'revoked') return { refusal: refused('This badge has already been revoked.') };
  badge.state = 'revoked';
  badge.revocationReason = reason;
  badge.stateUpdatedAt = ledger.now();
  return { badge, isNew: false };
}

function alreadyReplaced(ledger: Ledger, badge: Badge, verb: string): FakeReply {
  let current = badge;
  while (current.replacedBy !== null) current = ledger.badges.get(current.replacedBy) as Badge;
  return refused(`Validation failed: This badge cannot be ${verb} because it has already been replaced.`, {
    current_badge_id: current.id,
  });
}

function problemOf({ templates }: Ledger, organizationId: string, fields: Fields): FakeReply | null {
  for (const name of ['issued_to_first_name', 'issued_to_last_name', 'recipient_email', 'issued_at']) {
    if (typeof fields[name] !== 'string' || fields[name].trim() === '') return invalid(name, "can't be blank");
  }
  if (!/^[^\s@]+@[^\s@]+$/.test(String(fields.recipient_email))) return invalid('recipient_email', 'is invalid');
  if (toDate(String(fields.issued_at)) === null) return invalid('issued_at', 'is not a valid date');
  if (fields.locale !== undefined && !LOCALES.includes(String(fields.locale)))
    return invalid('locale', 'is not included in the list');
  const template = templates.get(String(fields.badge_template_id));
  const mayIssue = template?.organizationId === organizationId || template?.grantedTo.includes(organizationId);
  if (!template || !mayIssue || template.state !== 'active')
    return refused(`Invalid or missing Badge Template ID: ${String(fields.badge_template_id ?? '')}`);
  return null;
}

function duplicateOf(ledger: Ledger, template: Template, fields: Fields): Badge | undefined {
  const earner = fields.issuer_earner_id;
  return [...ledger.badges.values()].find(
    (badge) =>
      badge.templateId === template.id &&
      badge.replacedBy === null &&
      (ledger.revokedStandInTheWay || badge.state === 'pending' || badge.state === 'accepted') &&
      (badge.recipientEmail === fields.recipient_email || (earner !== undefined && badge.issuerEarnerId === earner)),
  );
}

function replaceBy(ledger: Ledger, former: Badge, fields: Fields): Badge {
  const badge = add(ledger, former.organizationId, fields, former.id);
  former.replacedBy = badge.id;
  return badge;
}

function add(ledger: Ledger, organizationId: string, fields: Fields, replaces: string | null): Badge {
  const expires = typeof fields.expires_at === 'string' ? toDate(fields.expires_at) : null;
  const badge: Badge = {
    id: randomUUID(),
    organizationId,
    templateId: String(fields.badge_template_id),
    state: 'pending',
    fields,
    recipientEmail: String(fields.recipient_email),
    issuerEarnerId: typeof fields.issuer_earner_id === 'string' ? fields.issuer_earner_id : null,
    issuedAt: toDate(String(fields.issued_at)) as Date,
    expiresAt: expires,
    createdAt: ledger.now(),
    stateUpdatedAt: null,
    replaces,
    replacedBy: null,
    revocationReason: null,
  };
  ledger.badges.set(badge.id, badge);
  return badge;
}

/** `2014-04-01 09:41:00 -0500` and ISO 8601. */
function toDate(text: string): Date | null {
  const match = DATES.exec(text);
  if (!match) return null;
  const [, day, time = '00:00:00', hours, minutes] = match;
  const at = new Date(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
  return Number.isNaN(at.getTime()) ? null : at;
}

function asFields(body: unknown): Fields {
  return typeof body === 'object' && body !== null ? (body as Fields) : {};
}
