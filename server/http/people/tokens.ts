/** Random tokens: given out once, kept as hashes. They hold 256 random bits, so a plain SHA-256 protects them. */

import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { isLimited } from '../../../plugin/organisations/standing.ts';
import type { Clock } from '../../../plugin/ports/runtime.ts';
import type { AccessStore, ApiToken } from './access-store.ts';
import { READING_SCOPES } from './scopes.ts';

const ONE_TIME_SIGN_IN_MS = 24 * 60 * 60 * 1000;
/** Whoever is invited may be away for a weekend. */
const INVITATION_MS = 3 * ONE_TIME_SIGN_IN_MS;
/** So long before it expires one is warned of a token. */
export const EXPIRY_WARNING_DAYS = 14;

/** By it people and scanners of source text recognise one that lies where it should not. */
const API_TOKEN_PREFIX = 'laurel_';

interface Issuing {
  readonly access: AccessStore;
  readonly clock: Clock;
}

/** Makes a token that signs an administrator in once.
 *  @param lifetimeMs how long it can be used; a day unless told
 *  @returns the token; the link is `signInLink(publicUrl, token)` */
export async function createOneTimeSignIn(
  { access, clock }: Issuing,
  lifetimeMs: number = ONE_TIME_SIGN_IN_MS,
): Promise<string> {
  const token = newToken();
  const createdAt = clock.now();
  const expiresAt = new Date(createdAt.getTime() + lifetimeMs);
  await access.saveOneTimeSignIn({ tokenHash: hashToken(token), accountId: null, createdAt, expiresAt });
  return token;
}

/** Makes a link token with which somebody chooses a password and is signed in; earlier ones of the account are worth nothing any more. */
export async function createInvitation(
  { access, clock }: Issuing,
  accountId: string,
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const token = newToken();
  const createdAt = clock.now();
  const expiresAt = new Date(createdAt.getTime() + INVITATION_MS);
  await access.saveOneTimeSignIn({ tokenHash: hashToken(token), accountId, createdAt, expiresAt });
  return { token, expiresAt };
}

export function signInLink(publicUrl: string, token: string): string {
  return `${publicUrl}/sign-in/${token}`;
}

/** Makes a bearer token for the API.
 *  @param label what it is for @param createdBy an account's name, or `cli`
 *  @param limits what it opens, reading unless told; until when, for ever unless told; for which organisations, all unless told
 *  @returns the token, to be shown once, and the id to revoke it by */
export async function createApiToken(
  { access, clock }: Issuing,
  label: string,
  createdBy: string,
  {
    scopes = READING_SCOPES,
    expiresAt = null,
    organisations = [],
  }: Partial<Pick<ApiToken, 'scopes' | 'expiresAt' | 'organisations'>> = {},
): Promise<{ readonly id: string; readonly token: string }> {
  const token = `${API_TOKEN_PREFIX}${newToken()}`;
  const id = randomUUID();
  await access.createApiToken({
    id,
    tokenHash: hashToken(token),
    label,
    scopes,
    createdAt: clock.now(),
    createdBy,
    expiresAt,
    lastUsedAt: null,
    revokedAt: null,
    ...(isLimited(organisations) && { organisations }),
  });
  return { id, token };
}

/** Spares looking up what cannot be one. */
export function looksLikeApiToken(token: string): boolean {
  return token.startsWith(API_TOKEN_PREFIX);
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Equality in a time that says nothing about where the texts differ. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}
