/** Random tokens: given out once, kept as hashes. They hold 256 random bits, so a plain SHA-256 protects them. */

import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../plugin/ports/runtime.ts';
import type { AccessStore } from './access-store.ts';

const ONE_TIME_SIGN_IN_MS = 24 * 60 * 60 * 1000;

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
  await access.saveOneTimeSignIn({ tokenHash: hashToken(token), createdAt, expiresAt });
  return token;
}

export function signInLink(publicUrl: string, token: string): string {
  return `${publicUrl}/sign-in/${token}`;
}

/** Makes a bearer token for the API.
 *  @param label what it is for @param createdBy an account's name, or `cli`
 *  @returns the token, to be shown once, and the id to revoke it by */
export async function createApiToken(
  { access, clock }: Issuing,
  label: string,
  createdBy: string,
): Promise<{ readonly id: string; readonly token: string }> {
  const token = `laurel_${newToken()}`;
  const id = randomUUID();
  await access.createApiToken({
    id,
    tokenHash: hashToken(token),
    label,
    createdAt: clock.now(),
    createdBy,
    lastUsedAt: null,
    revokedAt: null,
  });
  return { id, token };
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
