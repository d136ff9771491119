/** What anybody who holds a verification id may know of a credential. */

import { NotFoundError } from '../errors.ts';
import type { Credential, CredentialStore } from '../ports/credential-store.ts';

/** Body of `GET /api/laurel/v1/verify/<verifyId>`. */
export interface VerificationFacts {
  readonly status: 'available' | 'expired' | 'invalidated';
  readonly valid: boolean;
  /** Absent where the server keeps names to itself. */
  readonly name?: string;
  readonly contextKey: string;
  readonly contextName: string;
  readonly type: string;
  /** RFC 3339 */
  readonly issuedAt: string;
  /** RFC 3339: valid until then; null: without end. */
  readonly expiresAt: string | null;
  readonly invalidationReason: string | null;
}

/** Body of `GET /api/learning_credentials/v1/metadata/<verify_uuid>/`, field names as the reference system has them.
 *  Source: learning-credentials api/v1/serializers.py */
export interface CredentialMetadata {
  readonly user_full_name: string;
  readonly created: string;
  readonly learning_context_name: string;
  readonly status: 'available' | 'invalidated';
  readonly invalidation_reason: string;
  /** Ours. RFC 3339; null: without end. */
  readonly expires: string | null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An issued or taken-back credential. One that is not made yet, or whose making failed, verifies nothing.
 *  @throws NotFoundError `not-found.credential`, the same for a malformed and an unknown id */
export async function findVerifiable(
  store: Pick<CredentialStore, 'credentialByVerifyId'>,
  verifyId: string,
): Promise<Credential> {
  const credential = UUID.test(verifyId) ? await store.credentialByVerifyId(verifyId.toLowerCase()) : null;
  if (credential && isPublic(credential)) return credential;
  throw new NotFoundError(
    'credential',
    'there is no credential with this verification id; copy it from the document again',
  );
}

function isPublic({ status, issuedAt }: Credential): boolean {
  return status === 'available' || (status === 'invalidated' && issuedAt !== null);
}

/** @param options.showName false: the holder of the id learns everything but the name */
export function verificationFacts(
  credential: Credential,
  options: { readonly showName: boolean; readonly now: Date },
): VerificationFacts {
  const invalidated = credential.status === 'invalidated';
  const expired = credential.expiresAt !== null && credential.expiresAt <= options.now;
  return {
    status: invalidated ? 'invalidated' : expired ? 'expired' : 'available',
    valid: !invalidated && !expired,
    ...(options.showName ? { name: credential.learnerName } : {}),
    contextKey: credential.contextKey,
    contextName: credential.contextName,
    type: credential.credentialType,
    issuedAt: (credential.issuedAt ?? credential.createdAt).toISOString(),
    expiresAt: credential.expiresAt?.toISOString() ?? null,
    invalidationReason: invalidated ? credential.reason : null,
  };
}

export function credentialMetadata(credential: Credential): CredentialMetadata {
  const invalidated = credential.status === 'invalidated';
  return {
    user_full_name: credential.learnerName,
    created: (credential.issuedAt ?? credential.createdAt).toISOString(),
    learning_context_name: credential.contextName,
    status: invalidated ? 'invalidated' : 'available',
    invalidation_reason: invalidated ? (credential.reason ?? '') : '',
    expires: credential.expiresAt?.toISOString() ?? null,
  };
}
