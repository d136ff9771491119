/** What anybody who holds an id may know, of badges and PDF credentials alike: checks one by one, and what they are about. */

import { findVerifiable, verificationFacts } from '../../plugin/credentials/verification.ts';
import { NotFoundError } from '../../plugin/errors.ts';
import type { Credential } from '../../plugin/ports/credential-store.ts';
import { english, msg, type Words, words } from '../../plugin/words.ts';
import type { CheckResult } from '../../providers/index.ts';
import { verdictOf } from '../../providers/index.ts';
import type { Services } from './services.ts';

export type Verdict = ReturnType<typeof verdictOf>;

export interface ShownCheck {
  readonly id: string;
  readonly result: CheckResult;
  readonly message: Words;
}

export interface Verification {
  readonly id: string;
  readonly kind: 'open-badge' | 'pdf';
  readonly verdict: Verdict;
  readonly checks: readonly ShownCheck[];
  readonly name: string;
  /** null: this site, which has no profile as an issuer. */
  readonly issuer: string | null;
  /** Whose name stands on it; null: it names nobody. */
  readonly holder: string | null;
  /** Of a PDF credential: what kind it is, and the course or path it was given for. */
  readonly type: string | null;
  readonly contextKey: string | null;
  /** RFC 3339 */
  readonly awardedAt: string;
  /** Of a badge: the signed document. */
  readonly credential: Readonly<Record<string, unknown>> | null;
}

export const BADGE_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws NotFoundError `not-found.credential`, the same for a malformed and an unknown id */
export async function verifyById(
  services: Pick<Services, 'credentials' | 'issuerStore' | 'openBadges' | 'clock'>,
  id: string,
): Promise<Verification> {
  if (!BADGE_UUID.test(id)) return pdfVerification(services, id);
  const uuid = id.toLowerCase();
  try {
    return await badgeVerification(services.openBadges, uuid);
  } catch (error) {
    if (error instanceof NotFoundError) return pdfVerification(services, uuid);
    throw error;
  }
}

async function badgeVerification({ desk }: Services['openBadges'], uuid: string): Promise<Verification> {
  const { document, checks } = await desk.verifyOwn(uuid);
  return {
    id: uuid,
    kind: 'open-badge',
    verdict: verdictOf(checks),
    checks,
    holder: null,
    type: null,
    contextKey: null,
    ...badgeFacts(document),
  };
}

/** What a badge says of itself: untrusted unless the checks passed. */
export function badgeFacts(
  document: Readonly<Record<string, unknown>>,
): Pick<Verification, 'name' | 'awardedAt' | 'credential'> & { readonly issuer: string } {
  const { issuer, credentialSubject } = document as {
    readonly issuer?: { readonly name?: unknown; readonly id?: unknown };
    readonly credentialSubject?: { readonly achievement?: { readonly name?: unknown } };
  };
  return {
    name: text(document.name ?? credentialSubject?.achievement?.name),
    issuer: text(issuer?.name ?? issuer?.id),
    awardedAt: text(document.awardedDate ?? document.validFrom ?? document.issuanceDate),
    credential: document,
  };
}

async function pdfVerification(
  { credentials, issuerStore, clock }: Pick<Services, 'credentials' | 'issuerStore' | 'clock'>,
  id: string,
): Promise<Verification> {
  const credential = await findVerifiable(credentials, id);
  const facts = verificationFacts(credential, { showName: true, now: clock.now() });
  const checks: readonly ShownCheck[] = [
    {
      id: 'record',
      result: 'pass',
      message: msg('It was issued here. Compare what stands on the document with what stands on this page.'),
    },
    facts.status !== 'invalidated'
      ? { id: 'status', result: 'pass', message: msg('It has not been taken back.') }
      : {
          id: 'status',
          result: 'fail',
          message: words('It was taken back: {reason}.', {
            reason: facts.invalidationReason || words('no reason is given'),
          }),
        },
    datesCheck(credential, clock.now()),
  ];
  return {
    id: credential.verifyId,
    kind: 'pdf',
    verdict: verdictOf(checks),
    checks,
    name: facts.contextName,
    issuer: (await issuerStore.profile())?.name ?? null,
    holder: facts.name ?? null,
    type: facts.type,
    contextKey: facts.contextKey,
    awardedAt: facts.issuedAt,
    credential: null,
  };
}

function datesCheck({ expiresAt }: Credential, now: Date): ShownCheck {
  if (expiresAt === null) return { id: 'dates', result: 'pass', message: msg('It does not expire.') };
  return expiresAt <= now
    ? { id: 'dates', result: 'fail', message: words('It expired: it was valid until {day}.', { day: expiresAt }) }
    : { id: 'dates', result: 'pass', message: words('It is valid until {day}.', { day: expiresAt }) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 300) : '';
}

/** As machines get it, in English: the body of `GET /api/verify/<id>`. */
export function verificationForMachines(verification: Verification) {
  return {
    ...verification,
    checks: verification.checks.map((check) => ({ ...check, message: english(check.message) })),
    issuer: verification.issuer ?? 'this site',
  };
}
